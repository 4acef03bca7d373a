import { relations, sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, numeric, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';

import { ids, reference, timestamps } from './columns.helpers';
import { conference } from './conference.sql';
import { division, source, subdivision } from './enums.sql';
import { location } from './location.sql';
import { nicheProfile } from './niche.sql';
import type { SocialLinks } from './social-links';
import { sport } from './sport.sql';
import { team } from './team.sql';

/** A school that is a member of the NCAA. */
export const school = pgTable(
  'school',
  {
    ...ids,
    /** The NCAA's organisation id, the same in the directory and on stats.ncaa.org. */
    ncaaId: integer('ncaa_id').notNull().unique(),
    name: text('name').notNull(),
    nickname: text('nickname'),
    division: division('division'),
    subdivision: subdivision('subdivision'),
    /** State, province or territory, as its postal abbreviation; known without a full address. */
    state: text('state'),
    isPrivate: boolean('is_private'),
    isHistoricallyBlack: boolean('is_historically_black'),
    isActive: boolean('is_active').notNull().default(true),
    websiteUrl: text('website_url'),
    athleticsUrl: text('athletics_url'),
    socialLinks: jsonb('social_links').$type<SocialLinks>().notNull().default({}),
    /** The primary conference; those of single sports are in `school_sport`. */
    conferenceId: reference('conference_id').references(() => conference.id, { onDelete: 'set null' }),
    locationId: reference('location_id').references(() => location.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    index('school_conference_index').on(table.conferenceId),
    index('school_location_index').on(table.locationId),
    index('school_name_lower_index').on(sql`lower(${table.name})`),
  ],
);

/** A sport that a school sponsors. */
export const schoolSport = pgTable(
  'school_sport',
  {
    ...ids,
    schoolId: reference('school_id')
      .notNull()
      .references(() => school.id, { onDelete: 'cascade' }),
    sportId: reference('sport_id')
      .notNull()
      .references(() => sport.id, { onDelete: 'cascade' }),
    division: division('division'),
    subdivision: subdivision('subdivision'),
    /** The conference in this sport, which may differ from the school's. */
    conferenceId: reference('conference_id').references(() => conference.id, { onDelete: 'set null' }),
    headCoaches: text('head_coaches').array().notNull().default([]),
    ...timestamps,
  },
  (table) => [
    unique('school_sport_key').on(table.schoolId, table.sportId),
    index('school_sport_conference_index').on(table.conferenceId),
  ],
);

/** Another name or id of a school, as some source writes it. */
export const schoolAlias = pgTable(
  'school_alias',
  {
    ...ids,
    schoolId: reference('school_id')
      .notNull()
      .references(() => school.id, { onDelete: 'cascade' }),
    source: source('source').notNull(),
    /** As the source writes it. */
    alias: text('alias').notNull(),
    /** Lower case, without punctuation: what is compared. */
    normalizedAlias: text('normalized_alias').notNull(),
    /** The one to show, at most one a school and source. */
    isPreferred: boolean('is_preferred').notNull().default(false),
    /** The rule by which the school was found, such as `website`; null where a person said it. */
    rule: text('rule'),
    /** How certain that rule is, from 0 to 1. */
    score: numeric('score', { precision: 3, scale: 2 }),
    ...timestamps,
  },
  (table) => [
    unique('school_alias_key').on(table.source, table.normalizedAlias),
    uniqueIndex('school_alias_preferred_key')
      .on(table.schoolId, table.source)
      .where(sql`${table.isPreferred}`),
  ],
);

export const schoolRelations = relations(school, ({ one, many }) => ({
  conference: one(conference, { fields: [school.conferenceId], references: [conference.id] }),
  location: one(location, { fields: [school.locationId], references: [location.id] }),
  nicheProfile: one(nicheProfile),
  sports: many(schoolSport),
  teams: many(team),
  aliases: many(schoolAlias),
}));

export const schoolSportRelations = relations(schoolSport, ({ one }) => ({
  school: one(school, { fields: [schoolSport.schoolId], references: [school.id] }),
  sport: one(sport, { fields: [schoolSport.sportId], references: [sport.id] }),
  conference: one(conference, { fields: [schoolSport.conferenceId], references: [conference.id] }),
}));

export const schoolAliasRelations = relations(schoolAlias, ({ one }) => ({
  school: one(school, { fields: [schoolAlias.schoolId], references: [school.id] }),
}));
