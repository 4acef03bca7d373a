import { relations } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';

import { ids, timestamps } from './columns.helpers';
import { school } from './school.sql';

/** A postal address. Only addresses with a street and a city get a row. */
export const location = pgTable('location', {
  ...ids,
  /** The normalised address: what makes two spellings the same place. */
  addressKey: text('address_key').notNull().unique(),
  street: text('street').notNull(),
  city: text('city').notNull(),
  /** State, province or territory, as its postal abbreviation. */
  state: text('state'),
  /** ISO 3166-1 alpha-2. */
  country: text('country').notNull().default('US'),
  zipCode: text('zip_code'),
  ...timestamps,
});

export const locationRelations = relations(location, ({ many }) => ({
  schools: many(school),
}));
