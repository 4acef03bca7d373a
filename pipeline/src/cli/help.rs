//! The texts around the generated help: examples, environment, exit codes.

use pipeline::config::settings_help;

pub(crate) const SHORT: &str = "`--help` also shows examples, environment variables and exit codes.";

pub(crate) const LONG: &str = "\
Examples:
  pipeline sync --offline                       a first look: the shipped recording into an embedded database
  pipeline sync weekly_stats_sync --offline     then teams, invented athletes and their statistics
  pipeline db psql -c 'select count(*) from school'
  pipeline sync --limit 10                      ten schools from the NCAA itself, politely
  DATABASE_URL=postgres://me@db/stats pipeline sync
  pipeline load school schools.csv              a file into a table
  pipeline config                               every setting and where it came from
  pipeline doctor                               what is wrong here, and what to do about it
  pipeline compare --left $OLD --right $NEW     in what two databases differ

Output:
  sync, run, backfill, test, load and quarantine replay print exactly one line of JSON on standard output, the result. Progress,
  logs and the summary go to standard error. The other commands print their answer and nothing else.

Environment:
  DATABASE_URL              the database, unless --database-url says otherwise
  PIPELINE_<SECTION>_<KEY>  any setting, such as PIPELINE_HTTP_TIMEOUT=30s or PIPELINE_RATE_NCAA_DIRECTORY=1/s
  NO_COLOR                  no colours
  XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME, XDG_DATA_HOME
                            where settings, state, cache and the embedded database lie
  Flags win over the environment, the environment over pipeline.toml, pipeline.toml over the defaults.

Exit codes:
    0  finished, also with quarantined or only unchanged rows
    1  a comparison found differences
   64  the command line is wrong
   65  the input is unusable: its layout changed, or too many errors
   69  a source is blocked or down; the result says which
   75  a passing trouble: try again
   77  no permission
   78  the configuration, or the state of the database, does not allow it
   99  does not apply: nothing to do
  130  stopped by SIGINT; 143 by SIGTERM. The first signal finishes or rolls back the batch, the second ends at once
";

pub(crate) const SYNC: &str = "\
Examples:
  pipeline sync --offline
  pipeline sync weekly_stats_sync --offline
  pipeline sync --limit 25 --record recordings/today
  pipeline sync --limit 25 --replay recordings/today
  pipeline sync weekly_stats_sync --season 2026 --sport MBA,WVB
  pipeline sync --resume
  pipeline sync --base-url ncaa-directory=http://127.0.0.1:8080 --rate ncaa-directory=50/s
  pipeline sync --max-requests 200              ask for a part now (exit 75); later runs go on from there
  pipeline sync --refresh                       ask for everything again, whatever is stored

Answers are kept in the user's cache folder and are fresh for a while (`pipeline config`: sources.NAME.cache), so that a run
that was stopped goes on where it ended. Running it again changes only what differs. What cannot be accepted goes to the
quarantine with its reason; the rest goes on. How sites are asked: docs/fetching.md.
A task that fails costs those that need its rows; the others go on, and the exit code is that of the worst.
Exit codes: `pipeline --help`.";

pub(crate) const RUN: &str = "\
Examples:
  pipeline run sports
  pipeline run rosters --partition season=2026,sport=MBA
  pipeline run rosters --partition season=2020,sport=MBA --unless-complete    99 if it is loaded already
  pipeline run rosters --partition season=2026,sport=MBA --offline   from the sample that ships with the program

One task and partition is loaded in one transaction, and can be run again at any time. Two at once of the same task and
partition wait for each other; after load.lock_timeout the later one exits 75. A source that is off exits 99. The first request
to a site waits its turn, as if the task before had just asked it.
Exit codes: `pipeline --help`.";

pub(crate) const BACKFILL: &str = "\
Examples:
  pipeline backfill weekly_stats_sync --from 2022 --to 2025 --sport MBA
  pipeline backfill weekly_stats_sync --from 2022 --to 2025 --dry-run   what it would load, and how long that takes

How many requests it needs at least and how long they take at the polite rate is logged before it begins. Partitions that are loaded already are passed over; if that is all of them, the exit code is 99. A backfill that was stopped
goes on where it stood when it is given again.
Exit codes: `pipeline --help`.";

pub(crate) const TEST: &str = "\
Examples:
  pipeline test --offline
  pipeline test ncaa-directory --limit 5
  pipeline test rosters --season 2026 --sport MBA --limit 3

Exit codes: `pipeline --help`.";

pub(crate) const LOAD: &str = "\
Examples:
  pipeline load school schools.csv
  pipeline load team rosters-*.csv.gz --map pipeline/maps/baseball/teams.toml
  zcat games.ndjson.gz | pipeline load baseball.player_game - --schema schema.ts
  pipeline load school fixes.csv --columns ncaa_id,nickname --dry-run

A header names a column of the table as the database or the Drizzle schema does; school.ncaa_id names a parent row by its
natural key. Types come from the schema. An empty field is null, a quoted empty one is text. Everything is loaded in one
transaction: all files, or nothing. What cannot be accepted goes to the quarantine; see docs/loading-files.md.
Exit codes: `pipeline --help`.";

pub(crate) const QUARANTINE: &str = "\
Examples:
  pipeline quarantine list --summary            what waits, by table, reason and source
  pipeline quarantine show 17                   one record, with the reason and its bytes
  pipeline quarantine replay --table school     load what waits, after its cause was mended
  pipeline quarantine purge --state done --older-than 30d

A record that a replay does not accept stays, with the reason of now. Records of files are read with the map and the schema
that they came with, unless --map or --schema name others.
Exit codes: `pipeline --help`.";

pub(crate) const SOURCES: &str = "\
Examples:
  pipeline sources                              what there is, what it needs, when it was loaded
  pipeline sources check --live ncaa-directory  a few requests: do the extractors still find what they look for?

Exit codes: `pipeline --help`; a page that cannot be used is 65, a source that refuses us 69.";

pub(crate) const DAGS: &str = "\
Examples:
  pipeline dags list
  pipeline dags show weekly_stats_sync --format mermaid
  pipeline dags export --out dags/pipeline_dags.json    what Airflow makes its DAGs of; see docs/airflow.md
  pipeline dags export --check dags/pipeline_dags.json  exit 1 and a diff if the file is stale

Exit codes: `pipeline --help`.";

pub(crate) const RUNS: &str = "\
Examples:
  pipeline runs
  pipeline runs 01a21318-4942-7311-94e4-44a37414c0d0
  pipeline sync --resume=01a21318-4942-7311-94e4-44a37414c0d0

Exit codes: `pipeline --help`.";

pub(crate) const REPORT: &str = "\
Examples:
  pipeline report -o run.html                   the last run
  pipeline report 01a21318 -o run.html          one run, by the beginning of its id
  pipeline report --json | jq .steps            the same facts as data

The page loads nothing and runs no script: it can be mailed, or kept beside a log. It tells of a run that goes on or was killed
as far as it came. By default it shows of refused records only reason, table, key and place; --samples adds their beginnings.
What it tells: docs/report.md.
Exit codes: `pipeline --help`; a run that is unknown is 64.";

pub(crate) const DB: &str = "\
Examples:
  pipeline db init --with-tables                make an empty database ready
  pipeline db init --print                      show the SQL for someone with the rights to run it
  psql \"$(pipeline db url)\"
  pipeline db psql -c 'select name from school limit 5'

Without DATABASE_URL or --database-url, the database is an embedded one, private to this user, that starts when needed.
Exit codes: `pipeline --help`.";

pub(crate) const COMPARE: &str = "\
Examples:
  pipeline compare --left postgres://me@old-host/stats --right postgres://me@new-host/stats
  pipeline compare --left postgres://me@old-host/stats --right embedded --map old-names.toml \\
      --ignore created_at --ignore updated_at   a predecessor's database (left) against ours (right)
  pipeline compare --left $OLD --right $NEW --table team --null-is-empty --samples 20
  pipeline compare --left $OLD --right $NEW --table game_log --key game_id,player_name
  pipeline compare --left $OLD --right $NEW --sample 1% --seed 7      a quick look, the same rows every time
  pipeline compare --left $OLD --right $NEW -o differences.html

Rows are told apart by the table's conflict key. Ids that a database made are not compared: a row that names another one is
compared by that one's natural key, such as school_id.ncaa_id. Without --table, all tables of the models are compared, and those
that the map names. NULL and the empty text differ unless --null-is-empty says otherwise.
A map says what is called otherwise on the left, in TOML:

  [tables.school]
  left = \"public.colleges\"
  [tables.school.columns]
  nickname = \"mascot\"
  state = { left = \"state_code\", ignore_case = true }

Each database is read in one read-only transaction. Passwords belong into ~/.pgpass or the environment, where other users of this
machine do not see them. The format of maps and of the answer: docs/comparing.md.
Exit codes: 0 everything was compared and is equal, 1 not so; others as `pipeline --help` says.";

pub(crate) const DOCTOR: &str = "\
Examples:
  pipeline doctor                               everything on this machine, and the database
  pipeline doctor --live                        also the sources: a request to each, at the polite rate
  pipeline doctor --json | jq '.[] | select(.verdict == \"wrong\")'

A database of the user's is only looked at; the embedded one is started if it is there. Each check ends with ok, warning, wrong or
not checked, and with what to do where it is not ok. docs/troubleshooting.md goes from symptoms to remedies.
Exit codes: 0 if nothing is wrong, warnings or not; else that of the worst that was found, as a run would end:
78 settings or state of the database, 77 rights, 69 a source, 75 what may pass by itself.";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  pipeline completions bash > ~/.local/share/bash-completion/completions/pipeline
  pipeline completions zsh > \"${fpath[1]}/_pipeline\"
  pipeline completions fish > ~/.config/fish/completions/pipeline.fish
  source <(pipeline completions bash)           for this shell only

Exit codes: `pipeline --help`.";

pub(crate) const MAN: &str = "\
Examples:
  pipeline man --out ~/.local/share/man/man1    where `man pipeline-sync` finds them
  pipeline man --out pages && man -l pages/pipeline.1

Exit codes: `pipeline --help`.";

/// The help of `pipeline config`: every setting there is.
pub(crate) fn config() -> String {
    format!(
        "pipeline.toml holds sections and keys, such as\n\n  [http]\n  timeout = \"30s\"\n\n  [rate]\n  \
         ncaa-directory = \"1/s\"\n\nSettings:\n{}",
        settings_help()
    )
}
