-- What the database knows of the relations $1[i].$2[i], a JSON document each.
select json_build_object(
  'schema', n.nspname,
  'name', c.relname,
  'kind', c.relkind,
  'secured', c.relrowsecurity,
  'columns', (
    select coalesce(json_agg(json_build_object(
      'name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod),
      'not_null', a.attnotnull,
      'identity', a.attidentity,
      'generated', a.attgenerated <> '',
      'default', pg_get_expr(d.adbin, d.adrelid)
    ) order by a.attnum), '[]')
    from pg_attribute a
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ),
  'constraints', (
    select coalesce(json_agg(json_build_object(
      'name', k.conname,
      'kind', k.contype,
      'definition', pg_get_constraintdef(k.oid)
    ) order by k.conname), '[]')
    from pg_constraint k
    where k.conrelid = c.oid and k.contype in ('p', 'u', 'c')
  ),
  'indexes', (
    select coalesce(json_agg(json_build_object(
      'name', i.relname,
      'unique', x.indisunique,
      'valid', x.indisvalid,
      -- Without its own name and its table's: what is left says what it indexes.
      'definition', substring(pg_get_indexdef(i.oid) from position(' USING ' in pg_get_indexdef(i.oid)) + 1)
    ) order by i.relname), '[]')
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    where x.indrelid = c.oid
      and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
  ),
  'references', (
    select coalesce(json_agg(json_build_object(
      'name', k.conname,
      'columns', (
        select json_agg(a.attname order by o.n)
        from unnest(k.conkey) with ordinality o(attnum, n)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.attnum
      ),
      'foreign_schema', fn.nspname,
      'foreign_table', f.relname,
      'foreign_columns', (
        select json_agg(a.attname order by o.n)
        from unnest(k.confkey) with ordinality o(attnum, n)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.attnum
      ),
      'on_delete', k.confdeltype,
      'on_update', k.confupdtype
    ) order by k.conname), '[]')
    from pg_constraint k
    join pg_class f on f.oid = k.confrelid
    join pg_namespace fn on fn.oid = f.relnamespace
    where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
  )
)::text
from unnest($1::text[], $2::text[]) asked(schema_name, relation_name)
join pg_namespace n on n.nspname = asked.schema_name
join pg_class c on c.relnamespace = n.oid and c.relname = asked.relation_name
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
