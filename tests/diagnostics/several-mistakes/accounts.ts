import { integer, pgTable } from 'drizzle-orm/pg-core';

export const accounts = pgTable('account', { id: integer('id').primaryKey() });
