"""An Airflow of its own: home, metadata database, processes; and what the tests ask of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAJOR = int(version("apache-airflow").split(".")[0])

# The sports of the shipped recording; the graph has 18, which would take long.
SPORTS = ["MBA", "WVB"]

# The DAGs as they are, but with no patience: a retry follows at once, and what takes longer than that is stopped.
TIMEOUT_SECONDS = 15
QUICK = """
from datetime import datetime, timedelta, timezone
from pipeline_dags import build

# Nothing is due yet on Airflow's own account: runs are those that the tests set off.
dag = build(
    "{dag}",
    start_date=datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0),
    is_paused_upon_creation=False,
    default_args={{
        "retry_delay": timedelta(seconds=1),
        "max_retry_delay": timedelta(seconds=1),
        "execution_timeout": timedelta(seconds={timeout}),
    }},
)
"""


class Airflow:
    def __init__(self, home, postgres, site, dags):
        self.home, self.postgres, self.site, self.dags = home, postgres, site, dags
        self.processes = []

    def __enter__(self):
        self.home.mkdir()
        self.database = self.postgres.create(self.home.name)
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{self.postgres.user}@/{self.database}"
            f"?host={self.postgres.socket}",
            "NO_COLOR": "1",
        }
        self.cli("db", "migrate")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def cli(self, *arguments, env=None, check=True):
        """Runs the command `airflow` and gives its output, errors included."""
        done = subprocess.run(
            ["airflow", *arguments], env={**self.env, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert not check or done.returncode == 0, f"airflow {' '.join(arguments)}: {done.returncode}\n{done.stdout[-8000:]}"
        return done.stdout

    def warehouse(self, name):
        """The environment in which the DAGs load that database."""
        return {"AIRFLOW_CONN_PIPELINE_POSTGRES": self.postgres.connection(name)}

    def start(self, warehouse):
        """Starts a scheduler, and what else the version needs, over quick copies of the DAGs."""
        folder = self.home / "dags"
        folder.mkdir()
        for name in ("pipeline_dags.py", ".airflowignore"):
            (folder / name).write_bytes((self.dags / name).read_bytes())
        graph = json.loads((self.dags / "pipeline_dags.json").read_text())
        for dag in graph["dags"]:
            dag["sports"] = SPORTS
        (folder / "pipeline_dags.json").write_text(json.dumps(graph))
        for dag in ("ncaa_directory_sync", "weekly_stats_sync"):
            (folder / f"{dag}.py").write_text(f'"""Of Airflow."""{QUICK.format(dag=dag, timeout=TIMEOUT_SECONDS)}')
        port = _free_port()
        self.env |= {
            **self.warehouse(warehouse),
            **self.site.environment(),
            "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__API_AUTH__JWT_SECRET": "of-the-tests-and-long-enough-for-any-digest-that-is-made-of-it-here",
            "AIRFLOW__API__SECRET_KEY": "of-the-tests",
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        }
        self.cli("pools", "import", str(self.dags / "pipeline_pools.json"))
        services = [["scheduler", "--skip-serve-logs"]]
        if MAJOR >= 3:
            services += [["api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"], ["dag-processor"]]
        for service in services:
            log = (self.home / f"{service[0]}.log").open("wb")
            self.processes.append(
                subprocess.Popen(["airflow", *service], env=self.env, stdout=log, stderr=log, start_new_session=True)
            )
        self.until("the DAGs are known", lambda: len(self.query("select dag_id from serialized_dag")) >= 2)

    def mapped(self, task, sport, chosen):
        """The name of a task's instance for a sport: Airflow 2 maps over all sports, Airflow 3 over those that are chosen."""
        return f"by_sport.{task}[{(chosen if MAJOR >= 3 else SPORTS).index(sport)}]"

    def query(self, sql, *values):
        return self.postgres.query(self.database, sql, *values)

    def until(self, what, condition, seconds=240):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            dead = [process.args for process in self.processes if process.poll() is not None]
            assert not dead, f"ended: {dead}\n{self.logs()}"
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{self.logs()}"
            time.sleep(0.5)
        return found

    def logs(self):
        logs = [*self.home.glob("*.log"), *sorted((self.home / "logs").rglob("attempt=*.log"))[-3:]]
        return "\n".join(f"--- {log}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)

    def trigger(self, dag, conf, run_id):
        self.cli("dags", "trigger", dag, "--run-id", run_id, "--conf", json.dumps(conf))
        return run_id

    def ended(self, run_id):
        """Waits for a run, and gives its state."""
        done = ("success", "failed")
        self.until(f"the run {run_id} ends", lambda: self.run_state(run_id) in done)
        return self.run_state(run_id)

    def run_state(self, run_id):
        found = self.query("select state from dag_run where run_id = %s", run_id)
        return found[0][0] if found else None

    def tasks(self, run_id):
        """State and number of tries of each task, by its name and, where it is mapped, its partition's number."""
        rows = self.query("select task_id, map_index, state, try_number from task_instance where run_id = %s", run_id)
        return {task if index < 0 else f"{task}[{index}]": (state, tries) for task, index, state, tries in rows}

    def xcom(self, run_id, instance):
        """What an instance of a task returned, named as `tasks` names it."""
        task, _, index = instance.rstrip("]").partition("[")
        index = int(index or -1)
        sql = "select value from xcom where run_id = %s and task_id = %s and map_index = %s and key = 'return_value'"
        (value,) = self.query(sql, run_id, task, index)[0]
        value = bytes(value).decode() if isinstance(value, memoryview) else value
        return json.loads(value) if isinstance(value, str) else value


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
