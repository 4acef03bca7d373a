import { integer, pgTable } from 'drizzle-orm/pg-core';
import { LIMIT } from './limits';

export * from './tables';
export const user = pgTable('user', { limit: integer().default(LIMIT) });
