import { relations, sql } from 'drizzle-orm';
import {
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { award } from './award.sql';
import { ids, reference, timestamps } from './columns.helpers';
import { conference } from './conference.sql';
import { division, source, subdivision } from './enums.sql';
import { school } from './school.sql';
import { sport } from './sport.sql';

/** A school's team in one sport and season. */
export const team = pgTable(
  'team',
  {
    ...ids,
    schoolId: reference('school_id')
      .notNull()
      .references(() => school.id, { onDelete: 'cascade' }),
    sportId: reference('sport_id')
      .notNull()
      .references(() => sport.id, { onDelete: 'cascade' }),
    /** The year in which the season ends: 2025-26 is 2026. */
    season: integer('season').notNull(),
    /** The season team's id on stats.ncaa.org, `/teams/{id}`. */
    ncaaTeamId: integer('ncaa_team_id'),
    division: division('division'),
    subdivision: subdivision('subdivision'),
    conferenceId: reference('conference_id').references(() => conference.id, { onDelete: 'set null' }),
    ...timestamps,
  },
  (table) => [
    unique('team_key').on(table.schoolId, table.sportId, table.season),
    uniqueIndex('team_ncaa_team_id_key')
      .on(table.ncaaTeamId)
      .where(sql`${table.ncaaTeamId} is not null`),
    index('team_sport_season_index').on(table.sportId, table.season.desc()),
    check('team_season_range', sql`${table.season} between 1850 and 2100`),
  ],
);

/** A person who plays, across seasons. */
export const athlete = pgTable(
  'athlete',
  {
    ...ids,
    /** What makes two roster entries the same person; made by the linking rules. */
    identityKey: text('identity_key').notNull().unique(),
    name: text('name').notNull(),
    hometown: text('hometown'),
    highSchool: text('high_school'),
    ...timestamps,
  },
  (table) => [index('athlete_name_lower_index').on(sql`lower(${table.name})`)],
);

/**
 * A player on a team's roster.
 *
 * @conflictKey roster_entry_source_player_key
 */
export const rosterEntry = pgTable(
  'roster_entry',
  {
    ...ids,
    teamId: reference('team_id')
      .notNull()
      .references(() => team.id, { onDelete: 'cascade' }),
    source: source('source').notNull(),
    /** The source's id of the player, which stats.ncaa.org gives anew each season; empty where it gives none. */
    sourcePlayerId: text('source_player_id').notNull().default(''),
    name: text('name').notNull(),
    /** Lower case, `first last`, without punctuation. */
    normalizedName: text('normalized_name').notNull(),
    /** The number on the shirt; empty where none is given. */
    number: text('number').notNull().default(''),
    position: text('position').notNull().default(''),
    /** What names the entry within its source and team: the source's id, or without one `name|number|position`. */
    playerKey: text('player_key')
      .notNull()
      .generatedAlwaysAs(
        sql`case when source_player_id <> '' then source_player_id else normalized_name || '|' || number || '|' || position end`,
      ),
    /** `Fr.`, `So.`, `Jr.`, `Sr.` or `Gr.`; what the source writes beyond that is in `extra`. */
    classYear: text('class_year'),
    heightInches: integer('height_inches'),
    weightPounds: integer('weight_pounds'),
    /** As the source writes it. */
    hometown: text('hometown'),
    hometownCity: text('hometown_city'),
    /** State, province or territory of the US and Canada, as its postal abbreviation; only where the text is certain. */
    hometownState: text('hometown_state'),
    /** ISO 3166-1 alpha-2, only where the text is certain. */
    hometownCountry: text('hometown_country'),
    highSchool: text('high_school'),
    gamesPlayed: integer('games_played'),
    gamesStarted: integer('games_started'),
    /** What the source says beyond these columns, by its own headers. */
    extra: jsonb('extra').$type<Record<string, string>>().notNull().default({}),
    ...timestamps,
  },
  (table) => [
    uniqueIndex('roster_entry_source_player_key')
      .on(table.source, table.teamId, table.sourcePlayerId)
      .where(sql`${table.sourcePlayerId} <> ''`),
    uniqueIndex('roster_entry_unnumbered_player_key')
      .on(table.teamId, table.normalizedName, table.number, table.position)
      .where(sql`${table.sourcePlayerId} = ''`),
    unique('roster_entry_player_key').on(table.source, table.teamId, table.playerKey),
    check('roster_entry_height_range', sql`${table.heightInches} between 36 and 108`),
  ],
);

/**
 * Who a roster entry is: the person across seasons, as far as the linking rules are certain. Links can be made anew at any
 * time, by better rules or over more seasons.
 */
export const athleteLink = pgTable(
  'athlete_link',
  {
    ...ids,
    rosterEntryId: reference('roster_entry_id')
      .notNull()
      .unique()
      .references(() => rosterEntry.id, { onDelete: 'cascade' }),
    athleteId: reference('athlete_id')
      .notNull()
      .references(() => athlete.id, { onDelete: 'cascade' }),
    /** What links it to the seasons before: `first`, `same-school` or `transfer`. */
    rule: text('rule').notNull(),
    /** What the rule stands on: which of school, hometown, high school and class agree. */
    evidence: jsonb('evidence').$type<Record<string, string>>().notNull().default({}),
    ...timestamps,
  },
  (table) => [index('athlete_link_athlete_index').on(table.athleteId)],
);

/** One statistic of a roster entry, over a season, a week or a game. */
export const playerStat = pgTable(
  'player_stat',
  {
    ...ids,
    rosterEntryId: reference('roster_entry_id')
      .notNull()
      .references(() => rosterEntry.id, { onDelete: 'cascade' }),
    /** Who says so; the entry may be another source's. */
    source: source('source').notNull(),
    /** What it covers: `season`, `week:7`, or `game:` and the contest's id. */
    period: text('period').notNull(),
    /** The column, after the table's own name where it has one: `Pitching/ERA`. */
    category: text('category').notNull(),
    /** Minutes and innings as decimal numbers; null where the text is no number. */
    value: numeric('value', { precision: 14, scale: 4 }),
    /** As the source writes it. */
    rawValue: text('raw_value').notNull(),
    /** The day of the game, or the day through which the value counts. */
    playedOn: date('played_on'),
    ...timestamps,
  },
  (table) => [unique('player_stat_key').on(table.rosterEntryId, table.source, table.period, table.category)],
);

export const teamRelations = relations(team, ({ one, many }) => ({
  school: one(school, { fields: [team.schoolId], references: [school.id] }),
  sport: one(sport, { fields: [team.sportId], references: [sport.id] }),
  conference: one(conference, { fields: [team.conferenceId], references: [conference.id] }),
  roster: many(rosterEntry),
}));

export const athleteRelations = relations(athlete, ({ many }) => ({
  links: many(athleteLink),
  awards: many(award),
}));

export const athleteLinkRelations = relations(athleteLink, ({ one }) => ({
  rosterEntry: one(rosterEntry, { fields: [athleteLink.rosterEntryId], references: [rosterEntry.id] }),
  athlete: one(athlete, { fields: [athleteLink.athleteId], references: [athlete.id] }),
}));

export const rosterEntryRelations = relations(rosterEntry, ({ one, many }) => ({
  team: one(team, { fields: [rosterEntry.teamId], references: [team.id] }),
  link: one(athleteLink),
  stats: many(playerStat),
}));

export const playerStatRelations = relations(playerStat, ({ one }) => ({
  rosterEntry: one(rosterEntry, { fields: [playerStat.rosterEntryId], references: [rosterEntry.id] }),
}));
