"""Runs under a real scheduler, against a site that misbehaves: how each end arrives, and what stays."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from airflow_home import MAJOR, ROOT, SPORTS, TIMEOUT_SECONDS, Airflow


@pytest.fixture(scope="module")
def scheduler(folder, postgres, site):
    """An Airflow of its own: the quick DAGs have the names of the real ones."""
    with Airflow(folder / "airflow_scheduled", postgres, site, ROOT / "dags") as home:
        home.start(postgres.warehouse("scheduled"))
        yield home


@pytest.fixture(autouse=True)
def healthy(site):
    yield
    site.trouble.clear()


def count(postgres, table):
    return postgres.query("scheduled", f"select count(*) from {table}")[0][0]


def test_a_kill_and_a_timeout_leave_the_tables_as_they_were_and_a_retry_fills_them(scheduler, postgres, site):
    site.trouble["/directory/orgDetail"] = 600.0
    run = scheduler.trigger("ncaa_directory_sync", {}, "killed")
    scheduler.until("schools are asked for", lambda: "/directory/orgDetail" in site.asked)
    os.kill(program("run", "schools"), signal.SIGKILL)
    scheduler.until("it is tried again", lambda: scheduler.tasks(run)["schools"][1] == 2)
    assert count(postgres, "school") == 0
    # This time it is Airflow that ends it.
    scheduler.until("it is tried a third time", lambda: scheduler.tasks(run)["schools"][1] == 3, 4 * TIMEOUT_SECONDS + 60)
    assert count(postgres, "school") == 0
    sql = "select status from pipeline.task_run where task = 'schools' order by started_at desc"
    statuses = [status for (status,) in postgres.query("scheduled", sql)]
    assert "stopped" in statuses, statuses
    site.trouble.clear()
    assert scheduler.ended(run) == "success", scheduler.logs()
    assert count(postgres, "school") > 0
    # The third try, or on a slow machine the fourth.
    assert scheduler.tasks(run)["schools"][0] == "success"


def test_a_source_that_fails_fails_the_run_and_what_does_not_hang_on_it_still_runs(scheduler, postgres, site):
    site.trouble["/directory/api/common/conferenceList"] = b"<html>under construction</html>"
    run = scheduler.trigger("ncaa_directory_sync", {"refresh": True}, "changed")
    assert scheduler.ended(run) == "failed"
    tasks = scheduler.tasks(run)
    states = {task: state for task, (state, _) in tasks.items()}
    assert states == {"sports": "success", "conferences": "failed", "schools": "upstream_failed"}
    # A changed layout is never tried again.
    assert tasks["conferences"] == ("failed", 1)
    result = scheduler.xcom(run, "conferences")
    assert (result["status"], result["exit_code"]) == ("failed", 65)


def test_weekly_runs_skip_what_is_off_retry_what_is_down_and_give_up_where_they_are_refused(scheduler, postgres, site):
    site.trouble["/json/schools"] = 503
    run = scheduler.trigger("weekly_stats_sync", {"season": 2027, "sports": SPORTS}, "weekly")
    scheduler.until("it is tried again", lambda: scheduler.tasks(run)["ncaa_com_schools"][1] >= 2)
    site.trouble.clear()
    assert scheduler.ended(run) == "success", scheduler.logs()
    tasks = scheduler.tasks(run)
    assert tasks["ncaa_com_schools"][0] == "success"
    assert tasks["niche"][0] == tasks["awards"][0] == "skipped"
    for task in ("teams", "rosters", "athletes", "statistics"):
        for sport in SPORTS:
            assert tasks[scheduler.mapped(task, sport, SPORTS)][0] == "success"
    result = scheduler.xcom(run, scheduler.mapped("rosters", "MBA", SPORTS))
    entries = result["tables"]["public.roster_entry"]
    assert entries["inserted"] == count_of_sport(postgres, "MBA") > 0

    site.trouble["/team/inst_team_list"] = 403
    chosen = ["MBA"]
    run = scheduler.trigger("weekly_stats_sync", {"season": 2025, "sports": chosen, "refresh": True}, "refused")
    assert scheduler.ended(run) == "failed"
    tasks = scheduler.tasks(run)
    teams = scheduler.mapped("teams", "MBA", chosen)
    assert tasks[teams] == ("failed", 1)
    assert scheduler.xcom(run, teams)["status"] == "blocked"
    assert tasks[scheduler.mapped("rosters", "MBA", chosen)][0] == "upstream_failed"
    assert tasks["ncaa_com_schools"][0] == "success"
    assert "WVB" not in str(
        scheduler.query("select rendered_map_index from task_instance where run_id = %s and state = 'success'", run)
    )


def count_of_sport(postgres, sport):
    sql = """select count(*) from roster_entry e join team t on t.id = e.team_id join sport s on s.id = t.sport_id
             where s.ncaa_id = %s and t.season = 2027"""
    return postgres.query("scheduled", sql, sport)[0][0]


def test_a_backfill_fills_its_intervals_each_once(scheduler, postgres, site):
    # Two weeks of a season, and the first of the next.
    chosen = ["WVB"]
    conf = json.dumps({"sports": chosen})
    if MAJOR >= 3:
        scheduler.cli(
            *("backfill", "create", "--dag-id", "weekly_stats_sync", "--from-date", "2025-07-21", "--to-date", "2025-08-11"),
            *("--max-active-runs", "1", "--reprocess-behavior", "failed", "--dag-run-conf", conf),
        )
    else:
        scheduler.cli("dags", "backfill", "weekly_stats_sync", "-s", "2025-07-21", "-e", "2025-08-11", "--conf", conf)
    sql = "select run_id, state from dag_run where dag_id = 'weekly_stats_sync' and run_id like 'backfill%' order by logical_date"
    sql = sql if MAJOR >= 3 else sql.replace("logical_date", "execution_date")
    scheduler.until("the backfill ends", lambda: {state for _, state in scheduler.query(sql)} in ({"success"}, {"failed"}))
    runs = scheduler.query(sql)
    assert len(runs) == 3 and all(state == "success" for _, state in runs), runs
    seasons = postgres.query("scheduled", "select partition from pipeline.partition_done where task = 'rosters' order by 1")
    assert {"season=2025,sport=WVB", "season=2026,sport=WVB"} <= {partition for (partition,) in seasons}
    rosters, athletes, statistics = (scheduler.mapped(task, "WVB", chosen) for task in ("rosters", "athletes", "statistics"))
    first, second, third = (scheduler.tasks(run) for run, _ in runs)
    # The second week is of the same season, which is complete; the third begins the next.
    assert [tasks[rosters][0] for tasks in (first, second, third)] == ["success", "skipped", "success"]
    assert all(tasks[athletes][0] == "success" for tasks in (first, second, third))
    # What the site shows only of the present is not asked for.
    assert all(tasks[statistics][0] == "skipped" for tasks in (first, second, third))


def program(*arguments):
    """The id of the process that runs the program with these arguments, below this test's own processes."""
    wanted = [os.environ["PIPELINE_BIN"], *arguments]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                found = entry.read_bytes().split(b"\0")
            except OSError:
                continue
            if [part.decode(errors="replace") for part in found[: len(wanted)]] == wanted:
                return int(entry.parent.name)
        time.sleep(0.1)
    raise AssertionError(f"no process runs {wanted}")
