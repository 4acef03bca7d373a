import { version } from 'some-package';
import { text, pgTable } from 'drizzle-orm/pg-core';

export const user = pgTable('user', { name: text('name'), version: text('version').default(version) });
