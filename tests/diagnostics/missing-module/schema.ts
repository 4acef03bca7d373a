import { text, pgTable } from 'drizzle-orm/pg-core';
import { shared } from './shared';

export * from './others';
export const user = pgTable('user', { name: text('name'), ...shared });
