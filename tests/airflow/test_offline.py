"""`airflow dags test` of both DAGs, offline, as a newcomer tries them: green, and the tables are those of `pipeline sync`."""

import json


def test_both_dags_offline_give_the_tables_of_sync(airflow, postgres):
    ours, theirs = postgres.warehouse("by_sync"), postgres.warehouse("by_airflow")
    env = airflow.warehouse(theirs)
    for dag in ("ncaa_directory_sync", "weekly_stats_sync"):
        postgres.pipeline(ours, "sync", dag, "--offline", "--season", "2027")
        told = airflow.cli("dags", "test", dag, "2026-11-20", "--conf", json.dumps({"offline": True}), env=env)
        assert "DagRun Finished" in told and "state:success" in told.replace("=", ":"), told[-4000:]
    loaded = {table: postgres.query(theirs, f"select count(*) from {table}")[0][0] for table in ("school", "team", "athlete")}
    assert all(loaded.values()), loaded
    told = postgres.pipeline(ours, "compare", "--left", postgres.url(ours), "--right", postgres.url(theirs), codes=(0, 1))
    assert told and postgres.pipeline(ours, "compare", "--left", postgres.url(ours), "--right", postgres.url(theirs)), told
