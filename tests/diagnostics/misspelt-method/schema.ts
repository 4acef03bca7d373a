import { integer, pgTable, text } from 'drizzle-orm/pg-core';

export const user = pgTable('user', {
  id: integer('id').primarKey(),
  name: text('name').defaultNow(),
});
