import { PgColumn, PgColumnBuilder, pgTable } from 'drizzle-orm/pg-core';

class RangeColumn extends PgColumn<any> {
  getSQLType() {
    return process.env.RANGE_TYPE!;
  }
}
class RangeBuilder extends PgColumnBuilder<any> {
  build(table: any) {
    return new RangeColumn(table, (this as any).config);
  }
}

export const bookings = pgTable('bookings', { during: new RangeBuilder('during', 'string', 'Range') });
