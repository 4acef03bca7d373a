import { relations } from 'drizzle-orm';
import { index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core';

import { ids, reference, timestamps } from './columns.helpers';
import { school } from './school.sql';
import { sport } from './sport.sql';
import { athlete } from './team.sql';

/** An award or All-America selection. */
export const award = pgTable(
  'award',
  {
    ...ids,
    year: integer('year').notNull(),
    award: text('award').notNull(),
    /** Who chose: a body of coaches, a newspaper; empty where the award has one selector only. */
    selector: text('selector').notNull().default(''),
    /** `1`, `2`, `3`, `HM`; empty where the award has no teams. */
    teamLevel: text('team_level').notNull().default(''),
    playerName: text('player_name').notNull(),
    /** The school as the source writes it. */
    schoolName: text('school_name').notNull(),
    position: text('position'),
    classYear: text('class_year'),
    sportId: reference('sport_id').references(() => sport.id, { onDelete: 'set null' }),
    schoolId: reference('school_id').references(() => school.id, { onDelete: 'set null' }),
    athleteId: reference('athlete_id').references(() => athlete.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    unique('award_key').on(
      table.year,
      table.award,
      table.selector,
      table.teamLevel,
      table.playerName,
      table.schoolName,
    ),
    index('award_school_index').on(table.schoolId),
    index('award_athlete_index').on(table.athleteId),
  ],
);

export const awardRelations = relations(award, ({ one }) => ({
  sport: one(sport, { fields: [award.sportId], references: [sport.id] }),
  school: one(school, { fields: [award.schoolId], references: [school.id] }),
  athlete: one(athlete, { fields: [award.athleteId], references: [athlete.id] }),
}));
