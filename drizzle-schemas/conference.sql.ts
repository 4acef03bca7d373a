import { relations } from 'drizzle-orm';
import { type AnyPgColumn, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';

import { ids, reference, timestamps } from './columns.helpers';
import { division } from './enums.sql';
import { school, schoolSport } from './school.sql';
import type { SocialLinks } from './social-links';

/** A conference. `Independent` is one too, with the NCAA's id 0. */
export const conference = pgTable(
  'conference',
  {
    ...ids,
    /** The NCAA's organisation id. */
    ncaaId: integer('ncaa_id').notNull().unique(),
    name: text('name').notNull(),
    division: division('division'),
    websiteUrl: text('website_url'),
    socialLinks: jsonb('social_links').$type<SocialLinks>().notNull().default({}),
    /** The umbrella, where a conference is part of another (the MAC Commonwealth and Freedom of the MAC). */
    parentConferenceId: reference('parent_conference_id').references((): AnyPgColumn => conference.id, {
      onDelete: 'set null',
    }),
    ...timestamps,
  },
  (table) => [index('conference_name_index').on(table.name)],
);

export const conferenceRelations = relations(conference, ({ one, many }) => ({
  parent: one(conference, {
    fields: [conference.parentConferenceId],
    references: [conference.id],
    relationName: 'conference_parts',
  }),
  parts: many(conference, { relationName: 'conference_parts' }),
  schools: many(school),
  sponsorships: many(schoolSport),
}));
