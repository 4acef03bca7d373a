import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';

const id = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();

export const school = pgTable('school', { id: id(), ncaaId: integer('ncaa_id').notNull().unique() });

const columns = {
  id: id(),
  ncaaId: integer('ncaa_id').notNull().unique(),
  name: text('name').notNull(),
  hometown: text('hometown'),
  schoolId: bigint('school_id', { mode: 'number' }).notNull().references(() => school.id),
  games: integer('games').notNull(),
};

export const athlete = pgTable('athlete', columns);
export const athleteParquet = pgTable('athlete_parquet', columns);
