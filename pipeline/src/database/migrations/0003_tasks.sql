-- What the tasks of runs did, and which partitions are loaded.
alter table pipeline.run
  add column what jsonb,
  add column resumes uuid references pipeline.run (id) on delete set null;
create index run_resumes_index on pipeline.run (resumes);
comment on column pipeline.run.what is 'What it was asked to do, for whoever resumes it';
comment on column pipeline.run.resumes is 'The first run of those that it goes on with';

create table pipeline.task_run (
  id bigint generated always as identity primary key,
  run_id uuid not null references pipeline.run (id) on delete cascade,
  task text not null,
  partition text not null default '',
  status text not null,
  exit_code integer,
  started_at timestamptz not null,
  finished_at timestamptz,
  result jsonb,
  unique (run_id, task, partition)
);
create index task_run_task_index on pipeline.task_run (task, started_at);
comment on table pipeline.task_run is 'A task and partition in a run';
comment on column pipeline.task_run.partition is 'Such as season=2026,sport=MBA; empty for a task that is one piece';
comment on column pipeline.task_run.status is 'running, not-run (a task that it needs failed), or as in the result: ok, partial, blocked, failed, stopped';
comment on column pipeline.task_run.result is 'Its part of the result';

create table pipeline.partition_done (
  task text not null,
  partition text not null,
  run_id uuid not null,
  loaded_at timestamptz not null default now(),
  is_whole boolean not null default true,
  primary key (task, partition)
);
create index partition_done_run_id_index on pipeline.partition_done (run_id);
comment on table pipeline.partition_done is 'The partitions that are loaded, each recorded in the transaction that loaded its rows';
comment on column pipeline.partition_done.run_id is 'The run that loaded it last';
comment on column pipeline.partition_done.is_whole is 'Nothing of it was missing, for a limit or for pages that could not be had';

insert into pipeline.schema_version (version) values (3);
