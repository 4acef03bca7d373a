-- What a run did with each host, and what its error is remedied by.
alter table pipeline.run
  add column hosts jsonb,
  add column help text;
comment on column pipeline.run.hosts is 'By host: requests, retries, failures, answers from the cache, waits; as of when a task of it ended last';
comment on column pipeline.run.help is 'What to do about the error in the result';

insert into pipeline.schema_version (version) values (4);
