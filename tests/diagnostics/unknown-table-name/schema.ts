import { integer, pgTable } from 'drizzle-orm/pg-core';

const prefix = process.env.TABLE_PREFIX;

export const user = pgTable(`${prefix}_user`, { id: integer('id') });
