-- The columns that an insert must give: not null, and filled by no default, identity or generation (which counts as a default
-- here), neither of their own nor of their domain. $1 and $2: the tables' schemas and names.
select
  w.schema_name,
  w.table_name,
  a.attname::text as column_name,
  pg_catalog.format_type(a.atttypid, a.atttypmod) as found
from unnest($1::text[], $2::text[]) with ordinality as w(schema_name, table_name, position)
join pg_catalog.pg_namespace n on n.nspname = w.schema_name
join pg_catalog.pg_class c
  on c.relnamespace = n.oid and c.relname = w.table_name and c.relkind in ('r', 'p', 'f')
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
where (a.attnotnull or t.typnotnull)
  and not a.atthasdef
  and a.attidentity = ''
  and t.typdefault is null
order by w.position, a.attnum
