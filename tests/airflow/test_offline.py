"""`airflow dags test` of both DAGs, offline, as a newcomer tries them: green, and the tables are those of `pipeline sync`."""

import json


def test_both_dags_offline_give_the_tables_of_sync(airflow, postgres):
    ours, theirs = postgres.warehouse("by_sync"), postgres.warehouse("by_airflow")
    env = airflow.warehouse(theirs)
    for dag in ("ncaa_directory_sync", "weekly_stats_sync"):
        postgres.pipeline(ours, "sync", dag, "--offline", "--season", "2027")
        airflow.cli("dags", "test", dag, "2026-11-20", "--conf", json.dumps({"offline": True}), env=env)
        assert airflow.query("select state from dag_run where dag_id = %s", dag) == [("success",)]
    loaded = {table: postgres.query(theirs, f"select count(*) from {table}")[0][0] for table in ("school", "team", "athlete")}
    assert all(loaded.values()), loaded
    sides = ("--left", postgres.url(ours), "--right", postgres.url(theirs))
    postgres.pipeline(ours, "compare", *sides, "--ignore", "created_at", "--ignore", "updated_at")
