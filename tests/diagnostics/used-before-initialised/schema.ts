import { integer, pgTable } from 'drizzle-orm/pg-core';

export const child = pgTable('child', { parent: integer('parent').default(limit) });

const limit = 3;
