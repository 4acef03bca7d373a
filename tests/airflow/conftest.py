"""What the tests stand on: PostgreSQL, an Airflow of its own, and a site that can be made to misbehave."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from airflow_home import ROOT, Airflow
from site_server import SiteServer
from warehouse import Postgres

sys.path.insert(0, str(ROOT / "dags"))


@pytest.fixture(scope="session")
def folder():
    """A folder with a short name: a Unix socket's path has at most 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix="dags-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(folder):
    """The pipeline's own embedded PostgreSQL, private to these tests."""
    for kind in ("DATA", "STATE", "CACHE", "CONFIG"):
        os.environ[f"XDG_{kind}_HOME"] = str(folder / kind.lower())
    os.environ.pop("DATABASE_URL", None)
    server = Postgres(os.environ["PIPELINE_BIN"])
    yield server
    subprocess.run([os.environ["PIPELINE_BIN"], "db", "stop"], check=True, capture_output=True)


@pytest.fixture(scope="session")
def site():
    """The recording that ships with the program, served over HTTP."""
    with SiteServer(ROOT / "pipeline" / "recordings" / "offline") as server:
        yield server


@pytest.fixture(scope="session")
def airflow(folder, postgres, site):
    """An Airflow for commands, over the DAGs as they are."""
    with Airflow(folder / "airflow", postgres, site, ROOT / "dags") as home:
        yield home
