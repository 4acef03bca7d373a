import { integer, pgTable } from 'drizzle-orm/pg-core';

let n = 0;
while (true) {
  n += 1;
}

export const user = pgTable('user', { id: integer('id').default(n) });
