-- Every unique index that ON CONFLICT could use. $1 and $2: the tables' schemas and names.
-- It takes no deferrable constraint (indimmediate) and no index whose creation failed (indisvalid). `to_jsonb` reads
-- indnullsnotdistinct where it exists: from PostgreSQL 15 on.
select
  w.position,
  i.indpred is not null as partial,
  coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
  array(
    select a.attname::text
    from generate_series(0, i.indnkeyatts - 1) as part
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[part]
  ) as columns,
  (select count(*) from generate_series(0, i.indnkeyatts - 1) as part where i.indkey[part] = 0) as expressions
from unnest($1::text[], $2::text[]) with ordinality as w(schema_name, table_name, position)
join pg_catalog.pg_namespace n on n.nspname = w.schema_name
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.table_name
join pg_catalog.pg_index i on i.indrelid = c.oid
where i.indisunique and i.indisvalid and i.indimmediate
