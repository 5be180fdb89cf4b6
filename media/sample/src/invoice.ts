// Prints an invoice. Run it with `npm start`.
import { cost, total, type Item } from './price.ts';

const items: Item[] = [
  { name: 'Pencil', price: 35, discount: 10 },
  { name: 'Eraser', price: 35, discount: 10 },
  { name: 'Ruler', price: 35, discount: 10 },
];

const euros = (cents: number, digits: number): string => (cents / 100).toFixed(digits).padStart(8);

for (const item of items) console.log(`${item.name.padEnd(10)}${euros(cost(item), 3)}`);
console.log(`${'Total'.padEnd(10)}${euros(total(items), 2)}`);
