import { integer, pgTable } from 'drizzle-orm/pg-core';

const deep = (n: number): number => deep(n + 1);

export const user = pgTable('user', { id: integer('id').default(deep(0)) });
