-- The rights that are missing, in words. $1 and $2: the tables' schemas and names. What does not exist lacks no right.
with wanted as (
  select n.oid as schema_id, n.nspname as schema_name, c.oid as table_id, c.relname as table_name
  from unnest($1::text[], $2::text[]) as w(schema_name, table_name)
  join pg_catalog.pg_namespace n on n.nspname = w.schema_name
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.table_name and c.relkind in ('r', 'p', 'f')
),
own as (
  select n.oid as schema_id, c.oid as table_id, c.relname as table_name
  from pg_catalog.pg_namespace n
  left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
  where n.nspname = 'pipeline'
)
select 'TEMPORARY on database ' || quote_ident(current_database()) as missing, 0 as rank, '' as place
where not has_database_privilege(current_database(), 'TEMPORARY')
union
select 'USAGE on schema ' || quote_ident(schema_name), 1, schema_name
from wanted where not has_schema_privilege(schema_id, 'USAGE')
union
select 'USAGE on schema pipeline', 1, 'pipeline'
from own where not has_schema_privilege(schema_id, 'USAGE')
union
select needed || ' on table ' || quote_ident(schema_name) || '.' || quote_ident(table_name), 2, table_name
from wanted, unnest(array['SELECT', 'INSERT', 'UPDATE']) as needed
where not has_table_privilege(table_id, needed)
union
-- A serial column's sequence; an identity column's needs no right. CASE, since asking after another kind of relation is
-- an error and conditions are evaluated in any order.
select 'USAGE on sequence ' || quote_ident(n.nspname) || '.' || quote_ident(s.relname), 3, table_name
from wanted
join pg_catalog.pg_depend d on d.refobjid = table_id and d.deptype = 'a'
  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.classid = 'pg_catalog.pg_class'::regclass
join pg_catalog.pg_class s on s.oid = d.objid
join pg_catalog.pg_namespace n on n.oid = s.relnamespace
where case s.relkind when 'S' then not has_sequence_privilege(s.oid, 'USAGE') else false end
union
select needed || ' on table pipeline.' || quote_ident(table_name), 4, table_name
from own, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as needed
where table_id is not null and not has_table_privilege(table_id, needed)
order by rank, place, missing
