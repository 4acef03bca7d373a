import { pgTable, timestamp } from 'drizzle-orm/pg-core';

export const visits = pgTable('visits', {
  at: timestamp('at').default(new Date()),
});
