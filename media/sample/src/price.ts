import { roundCents } from './round.ts';

export interface Item {
  name: string;
  /** Price in cents, before the discount. */
  price: number;
  /** Discount in percent, 0 to 100. */
  discount: number;
}

/** What an item costs, in cents; may be a fraction of a cent. */
export function cost(item: Item): number {
  return (item.price * (100 - item.discount)) / 100;
}

/** The total of an invoice, in whole cents. */
export function total(items: Item[]): number {
  return items.map((item) => roundCents(cost(item))).reduce((sum, cents) => sum + cents, 0);
}
