import { relations } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';

import { ids, timestamps } from './columns.helpers';
import { sportGender } from './enums.sql';
import { schoolSport } from './school.sql';
import { team } from './team.sql';

/** A sport as the NCAA counts them: men's and women's basketball are two. */
export const sport = pgTable('sport', {
  ...ids,
  /** The NCAA's code, such as `MBB`. */
  ncaaId: text('ncaa_id').notNull().unique(),
  /** The NCAA's label, such as `Men's Basketball`. */
  name: text('name').notNull(),
  /** The label without the gender, such as `Basketball`. */
  displayName: text('display_name').notNull(),
  gender: sportGender('gender').notNull(),
  ...timestamps,
});

export const sportRelations = relations(sport, ({ many }) => ({
  schools: many(schoolSport),
  teams: many(team),
}));
