import { integer, pgTable } from 'drizzle-orm/pg-core';
import { plan } from './plans';

export { plan };
export { price as fee } from './plans';
export * from './more';

export const subscription = pgTable('subscription', { seats: integer('seats') });
