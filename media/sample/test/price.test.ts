import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cost, total, type Item } from '../src/price.ts';

const pencil: Item = { name: 'Pencil', price: 35, discount: 10 };

test('an item costs its price less the discount', () => {
  assert.equal(cost(pencil), 31.5);
});

test('an empty invoice costs nothing', () => {
  assert.equal(total([]), 0);
});

test('without a discount the total is the sum of the prices', () => {
  assert.equal(total([{ ...pencil, discount: 0 }, { name: 'Pen', price: 120, discount: 0 }]), 155);
});

test('three items at 0.35 with 10 % off come to 0.95', () => {
  // 3 × 31.5 = 94.5 cents, half up: 95.
  assert.equal(total([pencil, pencil, pencil]), 95);
});
