import { pgTable } from 'drizzle-orm/pg-core';

const columns: any = undefined;
export const post = pgTable('post', { ...columns, id: columns.id });
