"""Makes Airflow DAGs of the pipeline's task graph. Works on Airflow 2.11 and 3.

`pipeline dags export` writes the graph to `pipeline_dags.json`, beside this file. `build("weekly_stats_sync")` makes a DAG of it:
nothing but that file is read while Airflow parses. A task calls `pipeline run` with its partition, in a process of its own,
and its exit code becomes the task's state, as the graph says. docs/airflow.md tells the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

try:
    from airflow.sdk import DAG, Asset, BaseHook, BaseOperator, Param, task, task_group
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

    BACKOFF: Any = 2.0  # the factor
    MAPS_IN_BACKFILLS = True
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import task, task_group
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    from airflow.hooks.base import BaseHook
    from airflow.models.baseoperator import BaseOperator
    from airflow.models.param import Param

    BACKOFF = True  # doubles
    # Its `dags backfill` does not run what is mapped over another task's answer (apache/airflow#34012): all sports are mapped,
    # and those that a run does not choose are skipped.
    MAPS_IN_BACKFILLS = False
from airflow.timetables.interval import CronDataIntervalTimetable

GRAPH = Path(__file__).with_suffix(".json")
VERSION = 1

# The dimension whose values a run has many of: a task cut by it is mapped. Season and week are those of the run's date.
MAPPED = "sport"

# How long a process may take to roll back after SIGTERM. Airflow itself kills a task after [core] killed_task_cleanup_time, 60 s.
GRACE_SECONDS = 45

LEVELS = {"ERROR": "error", "WARN": "warning", "INFO": "info"}


def build(
    dag_id: str,
    *,
    also: list[str] | None = None,
    conn_id: str = "pipeline_postgres",
    binary: str = "pipeline",
    env: dict[str, str] | None = None,
    default_args: dict[str, Any] | None = None,
    **dag_kwargs: Any,
) -> DAG:
    """The DAG of that name.

    :param also: tasks of the DAG that run only when they are named, such as `season_statistics`
    :param conn_id: the Airflow Connection of the database, which the process gets as `DATABASE_URL`
    :param binary: the program, by name or path; the environment variable PIPELINE_BIN of a worker wins
    :param env: more environment for the program, such as `{"PIPELINE_SOURCES_NICHE_ENABLED": "on"}`
    :param default_args: arguments of every task, over those that are set here: retries, pool, queue, callbacks, …
    :param dag_kwargs: arguments of the DAG, over those that are set here: schedule, tags, max_active_runs, …
    """
    graph = json.loads(GRAPH.read_text(encoding="utf-8"))
    if graph["v"] != VERSION:
        raise ValueError(
            f"{GRAPH.name} has version {graph['v']}, and this file reads version {VERSION}: take both from one release"
        )
    spec = next((spec for spec in graph["dags"] if spec["dag"] == dag_id), None)
    if spec is None:
        raise ValueError(f"{GRAPH.name} has no DAG {dag_id}; it has {', '.join(spec['dag'] for spec in graph['dags'])}")
    tasks = [one for one in spec["tasks"] if one["in_dag"] or one["task"] in (also or [])]
    unknown = set(also or []) - {one["task"] for one in tasks}
    if unknown:
        raise ValueError(f"{dag_id} has no task {', '.join(sorted(unknown))}")

    settings: dict[str, Any] = {
        "schedule": CronDataIntervalTimetable(spec["schedule"], timezone=spec["timezone"]),
        "start_date": datetime(2010, 1, 1, tzinfo=timezone.utc),
        "catchup": False,
        "max_active_runs": 1,
        "is_paused_upon_creation": True,
        "dagrun_timeout": timedelta(seconds=spec["timeout_seconds"]),
        "description": spec["about"],
        "doc_md": _dag_doc(spec, tasks),
        "tags": ["pipeline", *dict.fromkeys(one["source"] for one in tasks)],
        "params": _params(spec, tasks),
        "default_args": {
            "owner": "data",
            "retries": 3,
            "retry_delay": timedelta(minutes=5),
            "retry_exponential_backoff": BACKOFF,
            "max_retry_delay": timedelta(hours=1),
            **(default_args or {}),
        },
        **dag_kwargs,
    }
    common = {"graph": graph, "conn_id": conn_id, "binary": binary, "program_env": env or {}}
    with DAG(dag_id, **settings) as dag:
        operators = _tasks(spec, tasks, common)
        for one in tasks:
            for before in one["after"]:
                # What another DAG loads is there: that one runs more often, and a row without its parent waits in the quarantine.
                if before in operators:
                    operators[before] >> operators[one["task"]]
    return dag


def _tasks(spec: dict[str, Any], tasks: list[dict[str, Any]], common: dict[str, Any]) -> dict[str, Any]:
    """An operator a task. Those that are cut by sport are in one group, which is mapped: a sport that fails costs only itself."""
    operators = {one["task"]: PipelineRun(spec=one, **common) for one in tasks if MAPPED not in one["partitions"]}
    cut = [one for one in tasks if MAPPED in one["partitions"]]
    if not cut:
        return operators

    sports: Any = spec["sports"]
    if MAPS_IN_BACKFILLS:

        @task(task_id="choose_sports", doc_md="The sports of this run: the parameter `sports`, or all that the graph has.")
        def choose_sports(params: dict[str, Any] | None = None) -> list[str]:
            return list((params or {}).get("sports") or spec["sports"])

        sports = choose_sports()

    @task_group(group_id="by_sport")
    def by_sport(sport: str) -> None:
        for one in cut:
            operators[one["task"]] = PipelineRun(spec=one, sport=sport, **common)

    by_sport.expand(sport=sports)
    return operators


class PipelineRun(BaseOperator):
    """Runs one partition of a task of the pipeline: `pipeline run TASK --partition …`, without a shell.

    The result line is its XCom, whatever its end. Exit codes end as the graph says: success, skipped, up for retry, failed.
    """

    template_fields = ("sport",)
    ui_color = "#e8f0fe"

    def __init__(
        self,
        *,
        spec: dict[str, Any],
        graph: dict[str, Any],
        conn_id: str,
        binary: str,
        program_env: dict[str, str],
        sport: Any = None,
        **kwargs: Any,
    ) -> None:
        own = {
            "task_id": spec["task"],
            "trigger_rule": "none_failed",
            "execution_timeout": timedelta(seconds=spec["timeout_seconds"]),
            "outlets": [Asset(uri=f"pipeline://{table.replace('.', '/')}") for table in spec["tables"]],
            "doc_md": _task_doc(spec),
        }
        if spec["pool"]:
            own["pool"] = spec["pool"]
        if MAPPED in spec["partitions"]:
            own["map_index_template"] = "{{ partition }}"
        # What the DAG's default_args say goes before what is usual.
        defaults = kwargs.get("default_args") or {}
        kwargs = {**{key: value for key, value in own.items() if key not in defaults}, **kwargs}
        super().__init__(**kwargs)
        self.spec = spec
        self.sport = sport
        self.conn_id = conn_id
        self.binary = binary
        self.program_env = program_env
        self.season_begins = graph["season_begins"]
        self.exits = {one["code"]: one for one in graph["exits"]}
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def execute(self, context: Any) -> dict[str, Any] | None:
        partition = self._partition(context)
        context["partition"] = partition
        chosen = context["params"].get("sports")
        if self.sport and chosen and self.sport not in chosen:
            raise AirflowSkipException(f"{self.sport} is not among the sports of this run")
        what = f"{self.spec['task']} {partition}".strip()
        is_backfill = _run_type(context).startswith("backfill")
        if is_backfill and not self.spec["has_past"]:
            raise AirflowSkipException(f"{what}: {self.spec['source']} shows only the present")
        with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
            result_file = Path(folder, "result.json")
            argv = [*self._argv(context["params"], partition, is_backfill), "--result-file", str(result_file)]
            code = self._run(argv, folder)
            result = json.loads(result_file.read_text(encoding="utf-8")) if result_file.exists() else None
        return self._end(context, what, code, result)

    def _partition(self, context: Any) -> str:
        """The slice of this run, as `--partition` takes it."""
        params, moment = context["params"], _moment(context)
        month, day = (int(part) for part in self.season_begins.split("-"))
        values = {
            "season": params.get("season") or moment.year + ((moment.month, moment.day) >= (month, day)),
            "sport": self.sport,
            "week": params.get("week") or (moment - timedelta(days=moment.weekday())).date().isoformat(),
        }
        return ",".join(f"{dimension}={values[dimension]}" for dimension in self.spec["partitions"])

    def _argv(self, params: Any, partition: str, is_backfill: bool) -> list[str]:
        binary = os.environ.get("PIPELINE_BIN") or self.binary
        found = shutil.which(binary)
        if not found:
            raise AirflowFailException(
                f"there is no program {binary} on this worker: install it, or set PIPELINE_BIN to its path"
            )
        argv = [found, "run", self.spec["task"], "--log-format", "json"]
        if partition:
            argv += ["--partition", partition]
        if params.get("limit"):
            argv += ["--limit", str(params["limit"])]
        argv += [f"--{flag}" for flag in ("offline", "refresh") if params.get(flag)]
        if self.spec["reads_files"]:
            argv += [f"--input={file}" for file in (params.get("inputs") or {}).get(self.spec["task"], [])]
            argv += [
                f"--given={key}={value}" for key, value in ((params.get("given") or {}).get(self.spec["task"]) or {}).items()
            ]
        # Many weeks are of one season: the first of them loads it.
        if is_backfill and not params.get("again"):
            argv.append("--unless-complete")
        return argv

    def _run(self, argv: list[str], folder: str) -> int:
        """Runs the program to its end, its log lines becoming the task's, and gives its exit code."""
        # The command line holds no secret: the database's address is in the environment.
        self.log.info("%s", " ".join(argv[1:]))
        env = {**os.environ, "NO_COLOR": "1", **self.program_env, "DATABASE_URL": self._database_url()}
        self._process = subprocess.Popen(
            argv,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        # A thread, so that the last lines are read while on_kill() waits for the end.
        self._reader = threading.Thread(target=self._read_log, args=(self._process,), daemon=True)
        self._reader.start()
        self._reader.join()
        code = self._process.wait()
        # Killed by a signal that it did not handle: as a shell would tell.
        return code if code >= 0 else 128 - code

    def _read_log(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                self._log_line(line)

    def _log_line(self, line: bytes) -> None:
        text = line.decode("utf-8", errors="replace").rstrip()
        level, message = "error" if text.startswith("error:") else "info", text
        try:
            event = json.loads(text)
            fields = event.get("fields") or {}
            way_out = fields.pop("help", None)
            told = " ".join(f"{key}={value}" for key, value in fields.items())
            level = LEVELS.get(event["level"], "debug")
            message = f"{event['message']}  {told}".rstrip() + (f"\nhelp: {way_out}" if way_out else "")
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # Not a line of the log: shown as it is.
        getattr(self.log, level)("%s", message)

    def on_kill(self) -> None:
        """After a timeout, or when somebody marks the task: the program rolls back and ends."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        self.log.info("SIGTERM: the program rolls back what it has not committed")
        _signal(process, signal.SIGTERM)
        if self._reader is not None:
            self._reader.join(GRACE_SECONDS)
            if self._reader.is_alive():
                self.log.warning("it did not end in %s s, and is killed; PostgreSQL rolls back", GRACE_SECONDS)
                _signal(process, signal.SIGKILL)

    def _end(self, context: Any, what: str, code: int, result: dict[str, Any] | None) -> dict[str, Any] | None:
        result = result or {}
        for table, counts in (result.get("tables") or {}).items():
            self.log.info(
                "%s: %s", table, ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "no rows"
            )
        for reason, count in (result.get("skipped") or {}).items():
            self.log.info("passed over, %s: %s", reason, count)
        known = self.exits.get(code, {"then": "retry", "meaning": "the program was killed"})
        then = known["then"]
        if then == "retry-unless-blocked":
            then = "fail" if result.get("status") == "blocked" else "retry"
        if then == "succeed":
            return result
        if result:
            context["ti"].xcom_push(key="return_value", value=result)
        message = f"{what}: exit {code}, {known['meaning']}" + (f": {result['error']}" if result.get("error") else "")
        raise {"skip": AirflowSkipException, "fail": AirflowFailException}.get(then, AirflowException)(message)

    def _database_url(self) -> str:
        try:
            connection = BaseHook.get_connection(self.conn_id)
        except Exception as error:
            raise AirflowFailException(
                f"there is no Airflow Connection {self.conn_id}: `airflow connections add {self.conn_id} --conn-uri postgres://…`"
            ) from error
        return database_url(connection)


def database_url(connection: Any) -> str:
    """The URL of an Airflow Connection, as the program and libpq read it. Its extras are parameters: `sslmode`, …"""
    login = quote(connection.login or "", safe="")
    if connection.password:
        login += ":" + quote(connection.password, safe="")
    host = connection.host or "localhost"
    options = {key: value for key, value in (connection.extra_dejson or {}).items() if isinstance(value, (str, int))}
    # A folder is that of a Unix socket; colons are those of an IPv6 address.
    if host.startswith("/"):
        options["host"], host = host, "localhost"
    if ":" in host:
        host = f"[{host}]"
    port = f":{connection.port}" if connection.port else ""
    query = f"?{urlencode(options, quote_via=quote)}" if options else ""
    return f"postgres://{login}{'@' if login else ''}{host}{port}/{quote(connection.schema or '', safe='')}{query}"


def _moment(context: Any) -> datetime:
    """The moment that a run is about: the beginning of its interval; of a run by hand its date, or else now."""
    logical_date = context.get("logical_date")
    moment = logical_date if _run_type(context) == "manual" else context.get("data_interval_start") or logical_date
    return moment or datetime.now(timezone.utc)


def _run_type(context: Any) -> str:
    """`scheduled`, `manual`, `backfill`: text in one version, a member of an enumeration in another."""
    return str(context["dag_run"].run_type).rpartition(".")[2].lower()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass  # It ended meanwhile.


def _params(spec: dict[str, Any], tasks: list[dict[str, Any]]) -> dict[str, Param]:
    dimensions = {dimension for one in tasks for dimension in one["partitions"]}
    files = [one["task"] for one in tasks if one["reads_files"]]
    params: dict[str, Param] = {}
    if "season" in dimensions:
        params["season"] = Param(
            None,
            type=["null", "integer"],
            minimum=1850,
            maximum=2100,
            title="Season",
            description="The year in which it ends; empty: that of the run's date.",
        )
    if MAPPED in dimensions:
        params["sports"] = Param(
            [],
            type="array",
            items={"type": "string", "pattern": "^[A-Z]{3}$"},
            title="Sports",
            description=f"The NCAA's codes; empty: all. {', '.join(spec['sports'])}",
        )
    if "week" in dimensions:
        params["week"] = Param(
            None, type=["null", "string"], format="date", title="Week", description="Its Monday; empty: that of the run's date."
        )
    params["limit"] = Param(
        None, type=["null", "integer"], minimum=1, title="Limit", description="At most so many leaf records of a source."
    )
    params["refresh"] = Param(False, type="boolean", title="Refresh", description="Ask for everything again, whatever is stored.")
    params["offline"] = Param(
        False,
        type="boolean",
        title="Offline",
        description="Replay the recording that ships with the program; no request leaves the worker.",
    )
    if "season" in dimensions:
        params["again"] = Param(False, type="boolean", title="Again", description="In a backfill: also what is complete.")
    if files:
        params["inputs"] = Param(
            {},
            type="object",
            title="Inputs",
            description=f'Files on the worker, by task ({", ".join(files)}): {{"{files[-1]}": ["/data/file.csv"]}}',
        )
        params["given"] = Param(
            {},
            type="object",
            title="Given",
            description='What holds for all that the files hold, by task: {"awards": {"sport": "MBA"}}',
        )
    return params


def _dag_doc(spec: dict[str, Any], tasks: list[dict[str, Any]]) -> str:
    rows = "\n".join(f"| `{one['task']}` | {one['source']} | {one['about']} | {', '.join(one['tables'])} |" for one in tasks)
    return (
        f"**{spec['dag']}**: {spec['about']}.\n\n| task | source | what | tables |\n|---|---|---|---|\n{rows}\n\n"
        "Each task is `pipeline run TASK --partition …`: one transaction, safe to repeat. Its XCom is the result line. "
        "A failed source fails the run; what does not hang on it still runs. Set off by hand, the run is about its date, "
        "or the season, week and sports of its parameters."
    )


def _task_doc(spec: dict[str, Any]) -> str:
    cut = f" Cut by {', '.join(spec['partitions'])}." if spec["partitions"] else ""
    switch = f"PIPELINE_SOURCES_{spec['source'].upper().replace('-', '_')}_ENABLED"
    off = "" if spec["is_on"] else f" Skipped until settings turn the source on: `{switch}=on`."
    loads = f"Loads {', '.join(spec['tables'])} from {spec['source']}."
    return f"`pipeline run {spec['task']}`: {spec['about']}.{cut}{off}\n\n{loads}"
