import { integer } from 'drizzle-orm/pg-core';
import { makeTable } from './make-table';

export const user = makeTable('user', { id: integer('id') });
