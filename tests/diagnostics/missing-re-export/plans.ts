import { pgTable, text } from 'drizzle-orm/pg-core';

export const plans = pgTable('plans', { name: text('name') });
