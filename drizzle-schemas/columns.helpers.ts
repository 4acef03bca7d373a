import { bigint, timestamp as pgTimestamp } from 'drizzle-orm/pg-core';

/** A moment in time, stored with its time zone. */
export const timestamp = (name: string) => pgTimestamp(name, { withTimezone: true, mode: 'date' });

/**
 * The surrogate key of every table, given by the database.
 *
 * Column builders are mutable, so each helper is a getter: every table that spreads it gets a builder of its own.
 */
export const ids = {
  get id() {
    return bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();
  },
};

/** When the row came, when it last changed, and when it was (softly) deleted. */
export const timestamps = {
  get createdAt() {
    return timestamp('created_at').notNull().defaultNow();
  },
  get updatedAt() {
    return timestamp('updated_at')
      .notNull()
      .defaultNow()
      .$onUpdate(() => new Date());
  },
  get deletedAt() {
    return timestamp('deleted_at');
  },
};

/** A reference to another table's surrogate key. */
export const reference = (name: string) => bigint(name, { mode: 'number' });
