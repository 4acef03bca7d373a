"""Compares `pipeline load` with other loaders on one CSV file, phase by phase in turn. See `run`."""

import argparse
import csv
import json
import os
import pwd
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SCHOOLS = 1_000
PHASES = ["fresh", "same", "ten"]
COLUMNS = ["ncaa_id", "name", "hometown", "school_id", "games"]

# One table each, all alike, with a surrogate key, a natural key and a foreign key. `pipeline` and the floor find the school by its
# natural key. The peers have no way to say that: their file names the school by its id already, which is less work. Singer fails
# over the surrogate key, and gets a table without it; ingestr takes all fields of CSV for texts, and makes its own table without
# any key.
TABLES = """
CREATE TABLE school (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE);
INSERT INTO school (ncaa_id) SELECT n FROM generate_series(0, 999) AS n;
CREATE UNLOGGED TABLE inside (ncaa_id integer, name text, hometown text, school integer, games integer);
CREATE TABLE athlete (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE, name text NOT NULL,
  hometown text, school_id bigint NOT NULL REFERENCES school (id), games integer NOT NULL);
"""
ALIKE = "CREATE TABLE {} (LIKE athlete INCLUDING ALL, FOREIGN KEY (school_id) REFERENCES school (id))"

FLOOR = """INSERT INTO floor (ncaa_id, name, hometown, school_id, games)
SELECT i.ncaa_id, i.name, i.hometown, s.id, i.games FROM inside AS i JOIN school AS s ON s.ncaa_id = i.school
ON CONFLICT (ncaa_id) DO UPDATE SET name = excluded.name, hometown = excluded.hometown, school_id = excluded.school_id,
  games = excluded.games"""

HAND_WRITTEN = """BEGIN;
CREATE TEMP TABLE staged (ncaa_id integer, name text, hometown text, school_id bigint, games integer) ON COMMIT DROP;
\\copy staged FROM '{ids}' (FORMAT csv, HEADER)
INSERT INTO psql_copy (ncaa_id, name, hometown, school_id, games) SELECT * FROM staged ON CONFLICT (ncaa_id) DO UPDATE SET
  name = excluded.name, hometown = excluded.hometown, school_id = excluded.school_id, games = excluded.games;
COMMIT;"""


class Server:
    """A private PostgreSQL with its default durability, on a loopback port."""

    def __init__(self):
        tool = shutil.which("pg_ctl") or str(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[-1])
        self.bin = Path(tool).parent
        self.folder = Path(tempfile.mkdtemp(prefix="peers-"))
        # PostgreSQL refuses to run as root.
        self.prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.prefix:
            postgres = pwd.getpwnam("postgres")
            os.chown(self.folder, postgres.pw_uid, postgres.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.call([self.bin / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.call([self.bin / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"])
        self.postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        # The password is not asked for; some peers insist on one.
        self.url = f"postgresql://postgres:none@127.0.0.1:{self.port}/postgres"

    def call(self, command):
        subprocess.run([*self.prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def stop(self):
        self.call([self.bin / "pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop"])
        shutil.rmtree(self.folder)

    def psql(self, sql):
        """The lines that statements print."""
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        done = subprocess.run(command, input=sql, text=True, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"psql: {done.stderr}\n{sql}")
        return done.stdout.split("\n")[:-1]

    def processor(self):
        """Seconds of the processor of all its processes, those that ended included."""
        total = 0
        for process in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = process.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(process.parent.name) == self.postmaster:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) == self.postmaster:
                total += sum(map(int, fields[11:13]))
        return total / os.sysconf("SC_CLK_TCK")


class Tool:
    """One way to load the file. `table` is compared with what should be there."""

    def __init__(self, name, command, table, slow=False, environment=None, stdin=None, kind="alike"):
        self.name, self.command, self.table, self.slow = name, command, table, slow
        self.environment, self.stdin, self.kind = environment or {}, stdin, kind


def tools(arguments, server, folder):
    peers = Path(arguments.peers)
    python = lambda name: str(peers / name / "bin" / "python")
    url = server.url
    parts = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "postgres", "PGDATABASE": "postgres"}
    singer = folder / "singer.json"
    singer.write_text(json.dumps({
        "host": "127.0.0.1", "port": server.port, "user": "postgres", "password": "none", "database": "postgres",
        "default_target_schema": "public", "load_method": "upsert", "add_record_metadata": False, "activate_version": False,
    }))
    quiet = {"DLT_DATA_DIR": str(folder / "dlt"), "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR",
             "DISABLE_TELEMETRY": "true", "INGESTR_DISABLE_TELEMETRY": "true", "SLING_DISABLE_TELEMETRY": "true"}
    sling = next((peers / "sling").glob("lib/python*/site-packages/sling_linux_amd64/bin/sling-*"), None) or shutil.which("sling")
    own = ["--schema", str(HERE / "schema.ts"), "--map", str(HERE / "map.toml"), "--quiet"]
    return [
        Tool("floor", ["psql", "-Xq", "-d", url, "-c", FLOOR], "floor"),
        Tool("pipeline load", [arguments.pipeline, "load", "athlete", "{file}", *own], "athlete",
             environment={"DATABASE_URL": url, "HOME": str(folder)}),
        Tool("pipeline load, Parquet", [arguments.pipeline, "load", "athlete_parquet", "{parquet}", *own],
             "athlete_parquet", environment={"DATABASE_URL": url, "HOME": str(folder)}),
        Tool("psql: \\copy, INSERT … ON CONFLICT", ["psql", "-Xq", "-d", url, "-f", "{folder}/copy.sql"], "psql_copy"),
        Tool("asyncpg: COPY, INSERT … ON CONFLICT", [python("asyncpg"), HERE / "with_asyncpg.py", "copy", "{ids}", url], "asyncpg_copy"),
        Tool("asyncpg: executemany", [python("asyncpg"), HERE / "with_asyncpg.py", "executemany", "{ids}", url], "asyncpg_executemany"),
        Tool("dlt, Arrow", [python("dlt"), HERE / "with_dlt.py", "arrow", "{ids}", url], "dlt_arrow", environment=quiet),
        Tool("dlt, dicts", [python("dlt"), HERE / "with_dlt.py", "dicts", "{ids}", url], "dlt_dicts", slow=True, environment=quiet),
        Tool("sling", [sling, "run", "--src-stream", "file://{ids}", "--tgt-conn", "TARGET", "--tgt-object", "public.sling",
                       "--mode", "incremental", "--primary-key", "ncaa_id"], "sling",
             environment={**quiet, "TARGET": f"{url}?sslmode=disable", "HOME": str(folder)}),
        Tool("ingestr", [peers / "ingestr" / "bin" / "ingestr", "ingest", "--source-uri", "csv://{ids}", "--source-table", "athlete",
                         "--dest-uri", url, "--dest-table", "public.ingestr", "--incremental-strategy", "merge",
                         "--primary-key", "ncaa_id", "--yes"], "ingestr", environment=quiet, kind="its own"),
        Tool("Singer target-postgres", [peers / "singer" / "bin" / "target-postgres", "--config", singer], "singer", slow=True,
             environment=parts, stdin="{singer}", kind="without id"),
    ]


def write_rows(folder, rows, phase):
    """The file of a phase, in the forms that are read: keys in no order, every tenth athlete changed in the last phase."""
    file, ids = folder / f"{phase}-{rows}.csv", folder / f"{phase}-{rows}.ids.csv"
    if file.exists():
        return file
    kinds = {name: {"type": ["null", "string"] if name in ("name", "hometown") else ["null", "integer"]} for name in COLUMNS}
    schema = {"type": "SCHEMA", "stream": "singer", "schema": {"properties": kinds}, "key_properties": ["ncaa_id"]}
    with file.open("w", newline="") as by_key, ids.open("w", newline="") as by_id, ids.with_suffix(".singer").open("w") as singer:
        keys, numbers = (csv.writer(opened, lineterminator="\n") for opened in (by_key, by_id))
        keys.writerow([*COLUMNS[:3], "school", "games"])
        numbers.writerow(COLUMNS)
        singer.write(json.dumps(schema) + "\n")
        for n in range(rows):
            row = [n * 7_919 % 10_000_019, f"Athlete number {n}", f"Town {n % 5_000}, ST" if n % 3 else None, n % SCHOOLS,
                   n % 30 + (phase == "ten" and n % 10 == 0)]
            keys.writerow(row)
            # Schools have the ids 1 to 1,000 in the order of their keys.
            row[3] += 1
            numbers.writerow(row)
            singer.write(json.dumps({"type": "RECORD", "stream": "singer", "record": dict(zip(COLUMNS, row))}) + "\n")
    return file


def wrong_rows(server, tool):
    """How many rows of a table are not as the file says."""
    sql = f"""SELECT count(*) FROM inside AS i FULL JOIN {tool.table} AS t ON t.ncaa_id::text = i.ncaa_id::text
    WHERE (i.ncaa_id, i.name, coalesce(i.hometown, ''), i.school, i.games) IS DISTINCT FROM
      (t.ncaa_id::int, t.name, coalesce(t.hometown, ''), t.school_id::int - 1, t.games::int)"""
    return int(server.psql(sql)[0])


def measure(server, tool, file, folder):
    ids = file.with_suffix(".ids.csv")
    fill = {"file": str(file), "ids": str(ids), "folder": str(folder), "parquet": str(file.with_suffix(".parquet"))}
    (folder / "copy.sql").write_text(HAND_WRITTEN.format(**fill))
    fill["singer"] = str(ids.with_suffix(".singer"))
    command = [str(part).format(**fill) for part in tool.command]
    server.psql("CHECKPOINT")
    stdin = open(tool.stdin.format(**fill), "rb") if tool.stdin else subprocess.DEVNULL
    log = folder / "log"
    before, start = server.processor(), time.monotonic()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", **tool.environment}
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=stdin, stdout=output, stderr=output, env=environment, cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    server_processor = server.processor() - before
    if child.returncode:
        text = log.read_text(errors="replace")[-1_500:]
        return {"failed": f"exit code {child.returncode}: {text}"}
    return {
        "seconds": seconds, "client": usage.ru_utime + usage.ru_stime, "server": server_processor,
        "peak": usage.ru_maxrss / 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--slow-rows", type=int, default=100_000, help="rows for those that take minutes for more")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", help="names of tools, or beginnings of them, with commas")
    arguments = parser.parse_args()
    arguments.pipeline = str(Path(arguments.pipeline).resolve())
    arguments.peers = str(Path(arguments.peers).resolve())
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    folder.chmod(0o755)
    least = {}
    server = Server()
    try:
        chosen = tools(arguments, server, folder)
        if arguments.only:
            words = arguments.only.split(",")
            chosen = [tool for tool in chosen if any(tool.name.startswith(word) for word in words)]
        for _ in range(arguments.rounds):
            one_round(server, chosen, arguments, folder, least)
    finally:
        server.stop()
        shutil.rmtree(folder)
    print_table(least, arguments)


def one_round(server, chosen, arguments, folder, least):
    server.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS pipeline CASCADE" + ";" + TABLES)
    shutil.rmtree(folder / "dlt", ignore_errors=True)
    subprocess.run([arguments.pipeline, "db", "init", "--quiet"], check=True, env={**os.environ, "DATABASE_URL": server.url})
    for tool in chosen:
        if tool.table != "athlete" and tool.kind != "its own":
            server.psql(ALIKE.format(tool.table))
        if tool.kind == "without id":
            server.psql(f"ALTER TABLE {tool.table} DROP id, ADD PRIMARY KEY (ncaa_id)")
    for rows in sorted({arguments.rows, arguments.slow_rows}, reverse=True):
        turn = [tool for tool in chosen if (arguments.slow_rows if tool.slow else arguments.rows) == rows]
        for phase in PHASES if turn else []:
            file = write_rows(folder, rows, phase)
            if any("{parquet}" in map(str, tool.command) for tool in turn):
                parquet = [str(Path(arguments.peers) / "dlt" / "bin" / "python"), HERE / "to_parquet.py", file]
                subprocess.run(parquet, check=True)
            server.psql(f"TRUNCATE inside;\n\\copy inside FROM '{file}' (FORMAT csv, HEADER)\nANALYZE inside")
            for tool in turn:
                done = measure(server, tool, file, folder)
                if "failed" not in done and (wrong := wrong_rows(server, tool)):
                    done["wrong"] = wrong
                known = least.setdefault((tool.name, phase), {"rows": rows, **done})
                for field in ("seconds", "client", "server", "peak"):
                    if field in done and field in known:
                        known[field] = min(known[field], done[field])
                print(f"{phase:5}  {tool.name}: {told(done, rows)}", file=sys.stderr)


def told(done, rows):
    if "failed" in done:
        return done["failed"]
    each = 1e6 / rows
    wrong = f", {done['wrong']} rows WRONG" if "wrong" in done else ""
    return (f"{done['seconds'] * each:.2f} µs a row, processor {done['server'] * each:.2f} + {done['client'] * each:.2f}, "
            f"{done['peak']:.0f} MiB{wrong}")


def print_table(least, arguments):
    names = list(dict.fromkeys(name for name, _ in least))
    print(f"\n{arguments.rows:,} rows. µs a row by the clock (server's + client's processor); client's peak memory.\n")
    print("| tool | " + " | ".join(PHASES) + " | times the floor: " + ", ".join(PHASES) + " | memory, MiB | rows |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        cells, times, peak, rows = [], [], 0, 0
        for phase in PHASES:
            done, floor = least.get((name, phase), {}), least.get(("floor", phase), {})
            rows = done.get("rows", 0)
            if "seconds" not in done:
                cells.append("fails")
                times.append("–")
                continue
            each = 1e6 / rows
            wrong = f", {done['wrong']} rows wrong" if "wrong" in done else ""
            cells.append(f"{done['seconds'] * each:.2f} ({done['server'] * each:.2f} + {done['client'] * each:.2f}){wrong}")
            speed = floor["seconds"] / floor["rows"] * 1e6 / (done["seconds"] * each) if "seconds" in floor else 0
            times.append(f"{speed:.2f}")
            peak = max(peak, done["peak"])
        print(f"| {name} | {' | '.join(cells)} | {', '.join(times)} | {peak:.0f} | {rows:,} |")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
