-- What a refused record needs to be loaded after all: how its file was read, and what became of attempts.
create table pipeline.recipe (
  id bytea primary key,
  content json not null,
  created_at timestamptz not null default now()
);
comment on table pipeline.recipe is 'How records of files were read and loaded: table, key, fields, map, schema';
comment on column pipeline.recipe.id is 'The SHA-256 of the content';
comment on column pipeline.recipe.content is 'As `pipeline load` was told; json, so that it stays as it was written';

alter table pipeline.quarantine
  add column recipe_id bytea references pipeline.recipe (id),
  add column replays bigint not null default 0,
  add column replay_run_id uuid;
create index quarantine_recipe_id_index on pipeline.quarantine (recipe_id);
alter table pipeline.unresolved_reference add column recipe_id bytea references pipeline.recipe (id);
create index unresolved_reference_recipe_id_index on pipeline.unresolved_reference (recipe_id);
comment on column pipeline.quarantine.recipe_id is 'How its file was read; null for what a source gave, which its extractor reads';
comment on column pipeline.unresolved_reference.recipe_id is 'How the row''s file was read; null for what a source gave';
comment on column pipeline.quarantine.replays is 'How often it was replayed, the last time included that succeeded';
comment on column pipeline.quarantine.replay_run_id is 'The run that replayed it last';

insert into pipeline.schema_version (version) values (2);
