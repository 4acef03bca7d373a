import { pgEnum } from 'drizzle-orm/pg-core';

/** Who competes; the first letter of the NCAA's sport code tells it. */
export const sportGender = pgEnum('sport_gender', ['men', 'women', 'mixed']);

/** The NCAA's divisions. */
export const division = pgEnum('division', ['I', 'II', 'III']);

/** Football's two parts of Division I. */
export const subdivision = pgEnum('subdivision', ['FBS', 'FCS']);

const sites = ['ncaa-directory', 'ncaa-stats', 'ncaa-com', 'niche', 'awards'] as const;

/** Where a name or a row comes from. */
export const source = pgEnum('source', [...sites, 'ipeds', 'manual']);
