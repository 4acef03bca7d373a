-- What there is of each column. $1 to $4: schema, table, column and the type it should have.
-- The type's name is read by PostgreSQL itself, which knows every spelling of it; what is in parentheses it leaves out.
select
  n.oid is not null as has_schema,
  c.oid is not null as has_table,
  pg_catalog.format_type(a.atttypid, a.atttypmod) as found,
  coalesce(pg_catalog.to_regtype(w.sql_type)::oid = a.atttypid, false) as same_type
from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  with ordinality as w(schema_name, table_name, column_name, sql_type, position)
left join pg_catalog.pg_namespace n on n.nspname = w.schema_name
left join pg_catalog.pg_class c
  on c.relnamespace = n.oid and c.relname = w.table_name and c.relkind in ('r', 'p', 'f')
left join pg_catalog.pg_attribute a
  on a.attrelid = c.oid and a.attname = w.column_name and a.attnum > 0 and not a.attisdropped
order by w.position
