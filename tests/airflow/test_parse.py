"""The DAG files as Airflow parses them."""

import importlib
import json
import subprocess
import sys
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from psycopg2.extensions import parse_dsn

DAGS = Path(__file__).parents[2] / "dags"
NAMES = ["ncaa_directory_sync", "weekly_stats_sync"]


@pytest.fixture(scope="module")
def dags():
    return {name: importlib.import_module(name).dag for name in NAMES}


def test_airflow_reports_no_import_errors(airflow):
    assert "No data found" in airflow.cli("dags", "list-import-errors")


@pytest.mark.parametrize("name", NAMES)
def test_parsing_warns_of_nothing_and_starts_nothing(name):
    """In a fresh process: every warning that points at our files is an error, and so is a process or a connection."""
    program = f"""
import sys, warnings
import airflow.timetables.interval  # Airflow's own start is not ours
try:
    import airflow.sdk
except ImportError:
    import airflow.decorators
sys.path.insert(0, {str(DAGS)!r})
started = []
watched = ("subprocess.Popen", "os.fork", "os.exec", "os.system", "socket.connect")
sys.addaudithook(lambda event, _: started.append(event) if event in watched else None)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    import {name}
ours = [str(one) for one in told if "dags/" in one.filename]
assert not ours, ours
assert not started, started
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_intervals_are_as_long_as_the_schedule(dags, name):
    when = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    interval = dags[name].timetable.infer_manual_data_interval(run_after=_pendulum(when))
    length = {"ncaa_directory_sync": timedelta(days=1), "weekly_stats_sync": timedelta(days=7)}[name]
    assert interval.end - interval.start == length
    assert interval.end <= when


@pytest.mark.parametrize("name", NAMES)
def test_what_users_expect_of_a_dag(dags, name):
    dag = dags[name]
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.is_paused_upon_creation is True
    assert dag.dagrun_timeout > timedelta(hours=1)
    assert "pipeline" in dag.tags
    assert dag.doc_md
    pools = json.loads((DAGS / "pipeline_pools.json").read_text())
    for task in dag.tasks:
        assert task.owner == "data"
        assert task.retries >= 1
        assert task.doc_md
        if type(task).__name__ != "PipelineRun" and getattr(task, "operator_class", type(task)).__name__ != "PipelineRun":
            continue
        assert task.execution_timeout < dag.dagrun_timeout
        assert task.outlets, task.task_id
        assert task.pool in pools or task.task_id in ("awards", "by_sport.athletes"), task.task_id


def test_tasks_depend_as_in_the_graph(dags):
    graph = json.loads((DAGS / "pipeline_dags.json").read_text())
    for spec in graph["dags"]:
        dag = dags[spec["dag"]]
        by_name = {task.task_id.rpartition(".")[2]: task for task in dag.tasks}
        for one in spec["tasks"]:
            if not one["in_dag"]:
                assert one["task"] not in by_name
                continue
            upstream = {before.rpartition(".")[2] for before in by_name[one["task"]].upstream_task_ids} - {"choose_sports"}
            assert upstream == {before for before in one["after"] if before in by_name}, one["task"]


def test_a_graph_of_another_version_is_refused(tmp_path):
    module = importlib.import_module("pipeline_dags")
    graph = json.loads((DAGS / "pipeline_dags.json").read_text())
    kept = module.GRAPH
    try:
        module.GRAPH = tmp_path / "graph.json"
        module.GRAPH.write_text(json.dumps({**graph, "v": 2}))
        with pytest.raises(ValueError, match="version 2"):
            module.build("weekly_stats_sync")
    finally:
        module.GRAPH = kept
    for wrong, told in [
        ({"dag_id": "nightly"}, "no DAG nightly"),
        ({"dag_id": NAMES[1], "also": ["nothing"]}, "no task nothing"),
    ]:
        with pytest.raises(ValueError, match=told):
            module.build(**wrong)


def test_tasks_beyond_the_dag_run_when_they_are_named():
    module = importlib.import_module("pipeline_dags")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dag = module.build("weekly_stats_sync", also=["season_statistics"])
    assert "by_sport.season_statistics" in dag.task_ids


@pytest.mark.parametrize(
    "connection, expected",
    [
        (
            {"host": "db", "login": "me", "password": "p@ss:/?#%", "schema": "college", "port": 5433},
            {"password": "p@ss:/?#%", "port": "5433"},
        ),
        ({"host": "::1", "login": "me", "schema": "college"}, {"host": "::1"}),
        (
            {"host": "/var/run/post gres", "login": "o'neil", "schema": "a b"},
            {"host": "/var/run/post gres", "user": "o'neil", "dbname": "a b"},
        ),
        (
            {"host": "db", "schema": "college", "extra_dejson": {"sslmode": "verify-full"}},
            {"sslmode": "verify-full", "host": "db"},
        ),
        ({"schema": "college"}, {"host": "localhost", "dbname": "college"}),
    ],
)
def test_a_connection_becomes_a_url_that_libpq_reads(connection, expected):
    module = importlib.import_module("pipeline_dags")
    absent = dict.fromkeys(("host", "login", "password", "schema", "port", "extra_dejson"))
    found = parse_dsn(module.database_url(SimpleNamespace(**{**absent, **connection})))
    assert {key: found.get(key) for key in expected} == expected


def _pendulum(moment):
    import pendulum

    return pendulum.instance(moment)
