import { integer, pgTabel, pgTable } from 'drizzle-orm/pg-core';
import type { PgTable } from 'drizzle-orm/pg-core';

const known = typeof window === 'undefined' ? 'here' : 'there';
export const first = pgTable(known, { id: integer('id') });
export const lost = pgTabel('lost', { id: integer('id') });
export const alsoLost = pgTabble('also_lost', { id: integer('id') });
export type Either = PgTable;
