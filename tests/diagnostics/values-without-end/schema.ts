import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';

let doubled = 'x';
for (let i = 0; i < 100; i++) doubled += doubled;
let items = [1];
for (let i = 0; i < 100; i++) items = [...items, ...items];
const inside: unknown[] = [];
inside.push(inside);

export const user = pgTable('user', {
  a: text('a').default(doubled),
  b: text('b').default(items.join('')),
  c: integer('c').default(new Date(1e300).getTime()),
  d: jsonb('d').default(inside),
});
