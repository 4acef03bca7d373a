import { integer, pgTable, text } from 'drizzle-orm/pg-core';

export const people = pgTable('people', {
  id: integer('id').primaryKey(),
  fullName: text('name'),
  shortName: text('name'),
});
