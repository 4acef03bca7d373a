-- The pipeline's own tables. A role that may use the schema but not create one gets it made by somebody else beforehand,
-- so its creation is skipped where it exists: CREATE SCHEMA IF NOT EXISTS would ask for the right all the same.
do $$
begin
  if not exists (select from pg_catalog.pg_namespace where nspname = 'pipeline') then
    create schema pipeline;
    comment on schema pipeline is 'Bookkeeping of the pipeline command: runs, quarantine, unresolved references';
  end if;
end
$$;

create table pipeline.schema_version (
  version integer primary key,
  applied_at timestamptz not null default now()
);
comment on table pipeline.schema_version is 'The migrations of this schema that have been applied';

create table pipeline.run (
  id uuid primary key,
  command text not null,
  status text not null,
  exit_code integer,
  started_at timestamptz not null,
  finished_at timestamptz,
  result jsonb
);
create index run_started_at_index on pipeline.run (started_at);
comment on table pipeline.run is 'One execution of a command, a DAG or a task';
comment on column pipeline.run.id is 'A version 7 UUID, so that ids sort by time';
comment on column pipeline.run.command is 'The command line, secrets masked';
comment on column pipeline.run.status is 'running, or as in the result: ok, partial, skipped, blocked, failed, stopped';
comment on column pipeline.run.exit_code is 'The process''s exit status; null while it runs, or when it was killed';
comment on column pipeline.run.result is 'The result line as printed, version 1';

create table pipeline.quarantine (
  id bigint generated always as identity primary key,
  fingerprint bytea not null unique,
  run_id uuid not null,
  task text,
  source text not null,
  table_name text not null,
  reason text not null,
  message text not null,
  key jsonb,
  url text,
  file text,
  byte_offset bigint,
  media_type text,
  raw bytea,
  raw_length bigint,
  raw_sha256 bytea,
  rolled_back boolean not null default false,
  times_seen bigint not null default 1,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  replayed_at timestamptz
);
create index quarantine_run_id_index on pipeline.quarantine (run_id);
create index quarantine_table_name_index on pipeline.quarantine (table_name) where replayed_at is null;
comment on table pipeline.quarantine is 'Records that were refused, with the reason and the raw bytes; they can be replayed';
comment on column pipeline.quarantine.fingerprint is 'What makes it the same record, so that a repeated run counts it instead of adding it again';
comment on column pipeline.quarantine.run_id is 'The run that saw it last';
comment on column pipeline.quarantine.table_name is 'The table it was meant for, as schema.name';
comment on column pipeline.quarantine.reason is 'A stable code';
comment on column pipeline.quarantine.message is 'The reason in words';
comment on column pipeline.quarantine.key is 'The natural key, as far as it was known';
comment on column pipeline.quarantine.url is 'Where it was fetched from';
comment on column pipeline.quarantine.file is 'Or the file it was read from';
comment on column pipeline.quarantine.byte_offset is 'Where in the response or file it starts';
comment on column pipeline.quarantine.raw is 'The raw bytes, at most the first MiB; convert_from(raw, ''UTF8'') shows text';
comment on column pipeline.quarantine.raw_length is 'The full length in bytes';
comment on column pipeline.quarantine.raw_sha256 is 'The SHA-256 of the full record';
comment on column pipeline.quarantine.rolled_back is 'The run''s data was rolled back after this record was refused';
comment on column pipeline.quarantine.replayed_at is 'When it was loaded after all';

create table pipeline.unresolved_reference (
  id bigint generated always as identity primary key,
  run_id uuid not null,
  task text,
  source text not null,
  table_name text not null,
  row_key jsonb not null,
  reference text not null,
  columns text[] not null,
  parent_table text not null,
  parent_key jsonb not null,
  times_seen bigint not null default 1,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  resolved_at timestamptz,
  unique (table_name, row_key, reference)
);
create index unresolved_reference_parent_index on pipeline.unresolved_reference (parent_table) where resolved_at is null;
comment on table pipeline.unresolved_reference is 'Rows that were loaded without a nullable reference because its parent is unknown';
comment on column pipeline.unresolved_reference.run_id is 'The run that saw it last';
comment on column pipeline.unresolved_reference.table_name is 'The table of the row, as schema.name';
comment on column pipeline.unresolved_reference.row_key is 'The row''s conflict key';
comment on column pipeline.unresolved_reference.reference is 'The foreign key''s name';
comment on column pipeline.unresolved_reference.columns is 'The columns that were left as they are';
comment on column pipeline.unresolved_reference.parent_table is 'The table that was searched, as schema.name';
comment on column pipeline.unresolved_reference.parent_key is 'The natural key that was not found there';
comment on column pipeline.unresolved_reference.resolved_at is 'When the parent was found after all';

insert into pipeline.schema_version (version) values (1);
