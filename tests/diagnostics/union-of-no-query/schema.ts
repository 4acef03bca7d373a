import { integer, pgTable, pgView, QueryBuilder, union } from 'drizzle-orm/pg-core';

export const people = pgTable('people', { id: integer('id') });
const query = new QueryBuilder().select().from(people);
export const everybody = pgView('everybody').as(union(query, people));
