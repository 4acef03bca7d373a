import { relations } from 'drizzle-orm';
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { account } from './accounts';

export const user = pgTable(
  'user',
  {
    id: integer('id').primaryKey(),
    age: 42,
    accountId: integer('account_id').references(() => account.key),
    name: text(7),
  },
  (t) => [index().on(t.agee), 'unique'],
);

export const userRelations = relations(user, ({ one }) => ({ account: one(account) }));
