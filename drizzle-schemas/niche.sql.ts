import { relations, sql } from 'drizzle-orm';
import { check, integer, pgTable, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { ids, reference, timestamps } from './columns.helpers';
import { school } from './school.sql';

/** A school's profile on Niche. */
export const nicheProfile = pgTable('niche_profile', {
  ...ids,
  schoolId: reference('school_id')
    .notNull()
    .unique()
    .references(() => school.id, { onDelete: 'cascade' }),
  /** The profile's place on the site, `/colleges/{slug}/`. */
  slug: text('slug').notNull(),
  /** The position in the list of best colleges. */
  nationalRank: integer('national_rank'),
  ...timestamps,
});

const grades = ['A+', 'A', 'A-', 'B+', 'B', 'B-', 'C+', 'C', 'C-', 'D+', 'D', 'D-', 'F'];
const gradeList = sql.raw(grades.map((grade) => `'${grade}'`).join(', '));

/** One of a profile's grades. */
export const nicheGrade = pgTable(
  'niche_grade',
  {
    nicheProfileId: reference('niche_profile_id')
      .notNull()
      .references(() => nicheProfile.id, { onDelete: 'cascade' }),
    /** Such as `Academics` or `Campus Food`. */
    category: text('category').notNull(),
    grade: varchar('grade', { length: 2 }).notNull(),
    ...timestamps,
  },
  (table) => [
    primaryKey({ name: 'niche_grade_key', columns: [table.nicheProfileId, table.category] }),
    check('niche_grade_scale', sql`${table.grade} in (${gradeList})`),
  ],
);

export const nicheProfileRelations = relations(nicheProfile, ({ one, many }) => ({
  school: one(school, { fields: [nicheProfile.schoolId], references: [school.id] }),
  grades: many(nicheGrade),
}));

export const nicheGradeRelations = relations(nicheGrade, ({ one }) => ({
  profile: one(nicheProfile, { fields: [nicheGrade.nicheProfileId], references: [nicheProfile.id] }),
}));
