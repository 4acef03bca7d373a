//! The command line as schedulers and scripts meet it: the real program, its outputs and its exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program in an empty folder, with nothing of this machine's environment.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        command.args(arguments).current_dir(self.folder()).env_clear().env("HOME", self.folder()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The result: the one line that standard output holds.
    fn result(&self) -> Value {
        assert_eq!(self.stdout.matches('\n').count(), 1, "standard output: {}", self.stdout);
        assert!(self.stdout.ends_with('\n'));
        serde_json::from_str(&self.stdout).unwrap()
    }
}

const RESULT_KEYS: [&str; 12] = [
    "v",
    "run_id",
    "status",
    "exit_code",
    "started_at",
    "seconds",
    "tables",
    "skipped",
    "unresolved_references",
    "requests",
    "retries",
    "error",
];

#[test]
fn the_program_explains_itself() {
    for arguments in [["--help"], ["help"]] {
        let ran = Scene::new().run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}");
        assert!(ran.stdout.contains("Usage: pipeline"), "{arguments:?}: {}", ran.stdout);
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
    let nothing = Scene::new().run(&[]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(64), ""), "no command is no wish: {}", nothing.stderr);
    assert!(nothing.stderr.contains("Usage: pipeline"), "{}", nothing.stderr);
    let version = Scene::new().run(&["--version"]);
    assert_eq!((version.code, version.stdout), (Some(0), format!("pipeline {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn the_help_teaches_examples_environment_and_exit_codes() {
    let help = Scene::new().run(&["--help"]).stdout;
    for part in ["Examples:", "pipeline sync --offline", "DATABASE_URL", "NO_COLOR", "PIPELINE_<SECTION>_<KEY>"] {
        assert!(help.contains(part), "{part} is missing in: {help}");
    }
    let codes = help.split("Exit codes:").nth(1).unwrap();
    for code in ["0", "1", "64", "65", "69", "75", "77", "78", "99", "130", "143"] {
        assert!(codes.split_whitespace().any(|word| word == code), "{code} is missing in: {codes}");
    }
    let sync = Scene::new().run(&["sync", "--help"]).stdout;
    assert!(sync.contains("pipeline sync --limit 25 --replay"), "a recording holds what the limit let through: {sync}");
    let settings = Scene::new().run(&["config", "--help"]).stdout;
    for part in ["http.timeout", "PIPELINE_HTTP_TIMEOUT", "PIPELINE_BASE_URL_NCAA_DIRECTORY", "DATABASE_URL"] {
        assert!(settings.contains(part), "{part} is missing in: {settings}");
    }
}

#[test]
fn a_wrong_command_line_exits_with_64_and_says_what_is_wrong() {
    let cases: [(&[&str], &str); 12] = [
        (&["snyc"], "snyc"),
        (&["sync", "--limit", "many"], "--limit"),
        (&["sync", "--limit", "-1"], "-1"),
        (&["sync", "--offline", "--replay", "x"], "--replay"),
        (&["sync", "--rate", "fast"], "SOURCE=VALUE"),
        (&["sync", "--rate", "ncaa-directory=fast"], "50/s"),
        (&["sync", "--rate", "ncaa=2/s"], "ncaa-directory"),
        (&["test", "--unknown"], "--unknown"),
        (&["db"], "Usage: pipeline db"),
        (&["config", "--log-level", "loud"], "off, error, warn, info, debug, trace"),
        (&["config", "--config", "absent.toml"], "absent.toml"),
        (&["--color", "sometimes", "config"], "auto, always, never"),
    ];
    for (arguments, part) in cases {
        let ran = Scene::new().run(arguments);
        assert_eq!(ran.code, Some(64), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(part), "{arguments:?}: {part} is missing in: {}", ran.stderr);
    }
}

#[test]
fn a_job_prints_one_result_line_whatever_happens() {
    type Case<'a> = (&'a [&'a str], Option<(&'a str, &'a str)>, i32);
    let cases: [Case<'_>; 6] = [
        (&["sync", "--limit", "many"], None, 64),
        (&["sync", "--no-such-flag"], None, 64),
        (&["test", "--rate", "ncaa-directory=fast"], None, 64),
        (&["sync", "--offline", "--config", "absent.toml"], None, 64),
        (&["sync", "--offline"], Some(("PIPELINE_HTTP_ATTEMPTS", "many")), 78),
        (&["--quiet", "test", "--offline"], Some(("DATABASE_URL", "mysql://db/x")), 78),
    ];
    for (arguments, variable, code) in cases {
        let scene = Scene::new();
        let ran = Ran::from(scene.command(arguments).envs(variable).output().unwrap());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        let result = ran.result();
        assert_eq!(result["exit_code"], code, "{arguments:?}");
        assert_eq!(result["status"], "failed");
        assert_eq!(result["v"], 1);
        assert_eq!(result["tables"], serde_json::json!({}));
        let error = result["error"].as_str().unwrap();
        assert!(!error.is_empty() && !error.contains("Usage"), "{error}");
        // The order in the text, which a parsed object no longer shows.
        let places: Vec<_> = RESULT_KEYS.map(|key| ran.stdout.find(&format!("\"{key}\":")).unwrap()).into();
        assert!(places.is_sorted(), "{}", ran.stdout);
        assert_eq!(result.as_object().unwrap().len(), RESULT_KEYS.len());
    }
}

#[test]
fn the_result_file_holds_the_same_line() {
    for arguments in [["--limit", "many"], ["--rate", "ncaa-directory=fast"]] {
        let scene = Scene::new();
        let ran = scene.run(&["sync", "--result-file", "return.json", arguments[0], arguments[1]]);
        let file = std::fs::read_to_string(scene.folder().join("return.json")).unwrap();
        assert_eq!(file, ran.stdout);
    }
    let misplaced = Scene::new().run(&["sync", "--result-file", "no/such/folder.json", "--offline"]);
    assert_eq!(misplaced.code, Some(64));
    assert!(misplaced.result()["error"].as_str().unwrap().contains("no/such/folder.json"));
}

#[test]
fn a_reader_that_went_away_changes_no_exit_code() {
    let scene = Scene::new();
    let cases: [(&[&str], i32); 5] = [
        (&["sync", "--rate", "ncaa-directory=fast"], 64),
        (&["sync", "--limit", "many"], 64),
        (&["--help"], 0),
        (&["config"], 0),
        (&["config", "--log-level", "loud"], 64),
    ];
    for (arguments, code) in cases {
        // Both outputs closed at the other end before the program writes.
        let (stdout_reader, stdout) = std::io::pipe().unwrap();
        let (stderr_reader, stderr) = std::io::pipe().unwrap();
        drop((stdout_reader, stderr_reader));
        let status = scene.command(arguments).stdout(stdout).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn config_shows_values_and_origins_and_no_secret() {
    let scene = Scene::new();
    std::fs::write(
        scene.folder().join("pipeline.toml"),
        "[database]\nurl = \"postgres://ann:hunter2@db/x?password=hunter2\"\n\n[load]\nbatch_rows = 100\n",
    )
    .unwrap();
    let mut command = scene.command(&["--log-level", "debug", "config"]);
    let ran = Ran::from(command.env("PIPELINE_HTTP_TIMEOUT", "5s").output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let row = |name: &str| -> Vec<String> {
        let line = ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    assert_eq!(row("log.level"), ["log.level", "debug", "--log-level"]);
    assert_eq!(row("http.timeout"), ["http.timeout", "5s", "PIPELINE_HTTP_TIMEOUT"]);
    assert_eq!(row("http.attempts"), ["http.attempts", "3", "default"]);
    assert_eq!(row("database.url")[1], "postgres://ann:***@db/x?password=***");
    assert!(row("database.url")[2].ends_with("pipeline.toml:2"));
    assert!(row("load.batch_rows")[2].ends_with("pipeline.toml:5"));
    assert!(!ran.stdout.contains("hunter2"), "{}", ran.stdout);

    let json: Value = serde_json::from_str(&scene.run(&["config", "--json"]).stdout).unwrap();
    assert_eq!(json["load.batch_rows"]["value"], "100");
    assert_eq!(json["rate.ncaa-directory"]["origin"], "default");
    assert_eq!(json["http.ca_file"]["value"], Value::Null);
    assert!(!json.to_string().contains("hunter2"));
}

#[test]
fn a_settings_file_that_is_a_folder_is_not_passed_over() {
    let scene = Scene::new();
    std::fs::create_dir(scene.folder().join("pipeline.toml")).unwrap();
    let ran = scene.run(&["config"]);
    assert_eq!(ran.code, Some(78), "{}", ran.stdout);
    assert!(ran.stderr.contains("pipeline.toml cannot be read"), "{}", ran.stderr);
}

#[test]
fn colours_are_for_who_asks_for_them() {
    let colours = |arguments: &[&str], no_color: &str| {
        let scene = Scene::new();
        let ran = Ran::from(scene.command(arguments).env("NO_COLOR", no_color).output().unwrap());
        assert_eq!(ran.code, Some(64), "{arguments:?}");
        ran.stderr.contains('\u{1b}')
    };
    // One mistake that clap finds, and one that the settings find.
    for mistake in ["--no-such-flag", "--log-level=loud"] {
        assert!(!colours(&["config", mistake], ""), "standard error is no terminal here: {mistake}");
        assert!(!colours(&["--color=never", "config", mistake], ""), "{mistake}");
        assert!(colours(&["--color", "always", "config", mistake], ""), "{mistake}");
        assert!(
            colours(&["config", "--color=always", mistake], "1"),
            "a flag is nearer than the environment: {mistake}"
        );
    }
}

#[test]
fn a_wrong_setting_is_told_with_its_way_out_and_without_its_secret() {
    let scene = Scene::new();
    let mut command = scene.command(&["sync", "--offline"]);
    let ran = Ran::from(command.env("DATABASE_URL", "mysql://ann:hunter2@db/x").output().unwrap());
    assert_eq!(ran.code, Some(78));
    assert!(
        ran.stderr.starts_with("error: database.url = \"mysql://ann:***@db/x\" (from DATABASE_URL)"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("\n  help: "), "{}", ran.stderr);
    assert!(!(ran.stderr + &ran.stdout).contains("hunter2"));
}

#[test]
fn bash_completes_commands_and_flags() {
    let scene = Scene::new();
    let script = scene.run(&["completions", "bash"]);
    assert_eq!(script.code, Some(0), "{}", script.stderr);
    std::fs::write(scene.folder().join("pipeline.bash"), &script.stdout).unwrap();
    let complete = |words: &str| {
        let ask = format!(
            "source pipeline.bash && COMP_WORDS=({words}) && COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) \
             && _pipeline pipeline \"${{COMP_WORDS[COMP_CWORD]}}\" && echo \"${{COMPREPLY[@]}}\""
        );
        let output =
            Command::new("bash").args(["--norc", "--noprofile", "-c", &ask]).current_dir(scene.folder()).output();
        let output = output.expect("bash is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete("pipeline sy"), "sync");
    assert_eq!(complete("pipeline db in"), "init");
    assert_eq!(complete("pipeline doctor --li"), "--live");
    assert_eq!(complete("pipeline backfill --dry"), "--dry-run");
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = scene.run(&["completions", shell]);
        assert!(script.code == Some(0) && script.stdout.contains("backfill"), "{shell}: {}", script.stderr);
    }
}

#[test]
fn each_command_has_a_man_page_that_renders() {
    let scene = Scene::new();
    let made = scene.run(&["man", "--out", "man/man1"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let commands = commands(&scene);
    for command in &commands {
        let page = scene
            .folder()
            .join("man/man1")
            .join(format!("{}.1", [&["pipeline".to_owned()], &command[..]].concat().join("-")));
        assert!(page.is_file(), "{} is missing", page.display());
        let rendered = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(&page).output();
        match rendered {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success() && said.is_empty(), "{}: {said}", page.display());
            }
            Err(error) => println!("NOT TESTED: groff does not run here ({error}), so no page was rendered"),
        }
    }
    let pages = commands.len();
    assert!(pages > 20, "{pages}");
    assert!(made.stdout.starts_with(&format!("{pages} pages in man/man1")), "{}", made.stdout);
    let page = std::fs::read_to_string(scene.folder().join("man/man1/pipeline-sync.1")).unwrap();
    assert!(page.lines().any(|line| line == "  pipeline sync \\-\\-offline"), "an example keeps its line: {page}");

    std::fs::write(scene.folder().join("file"), "").unwrap();
    let refused = scene.run(&["man", "--out", "file"]);
    assert_eq!(refused.code, Some(64), "{}", refused.stderr);
}

#[test]
fn the_exported_graph_is_written_and_a_stale_one_is_told_with_the_difference() {
    let scene = Scene::new();
    let printed = scene.run(&["dags", "export", "--format", "json"]);
    let graph: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!((printed.code, &graph["v"]), (Some(0), &Value::from(1)));

    let file = scene.folder().join("graph.json");
    assert_eq!(scene.run(&["dags", "export", "--out", "graph.json"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed.stdout);
    let fresh = scene.run(&["dags", "export", "--check", "graph.json"]);
    assert_eq!((fresh.code, fresh.stdout.as_str()), (Some(0), ""), "{}", fresh.stderr);

    std::fs::write(&file, printed.stdout.replace("\"task\": \"schools\"", "\"task\": \"colleges\"")).unwrap();
    let stale = scene.run(&["dags", "export", "--check", "graph.json"]);
    assert_eq!(stale.code, Some(1));
    for line in ["-          \"task\": \"colleges\",\n", "+          \"task\": \"schools\",\n"] {
        assert!(stale.stdout.contains(line), "{}", stale.stdout);
    }
    assert!(stale.stderr.contains("pipeline dags export --format json --out graph.json"), "{}", stale.stderr);

    let missing = scene.run(&["dags", "export", "--check"]);
    assert_eq!(missing.code, Some(64));
    assert!(missing.stderr.contains("dags/pipeline_dags.json"), "{}", missing.stderr);
}

#[test]
fn the_committed_graph_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for format in ["json", "pools"] {
        let mut command = Scene::new().command(&["dags", "export", "--check", "--format", format]);
        let ran = Ran::from(command.current_dir(root).output().unwrap());
        assert_eq!(ran.code, Some(0), "write it anew as it says: {}\n{}", ran.stderr, ran.stdout);
    }
}

/// All commands as their words, each before those below it, as `-h` lists them.
fn commands(scene: &Scene) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::<String>::new()];
    let mut position = 0;
    while let Some(command) = commands.get(position).cloned() {
        position += 1;
        // `db psql` hands all its flags on.
        if command == ["db", "psql"] {
            continue;
        }
        let words: Vec<&str> = command.iter().map(String::as_str).chain(["-h"]).collect();
        let help = scene.run(&words).stdout;
        let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
        let names = listed
            .lines()
            .take_while(|line| line.starts_with("  "))
            // A long description goes on in lines that are indented more.
            .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split(' ').next());
        let below = names.filter(|name| *name != "help").map(|name| [&command[..], &[name.to_owned()]].concat());
        commands.splice(position..position, below.collect::<Vec<_>>());
    }
    commands
}

#[test]
fn the_reference_in_docs_is_what_help_says() {
    let scene = Scene::new();
    let mut reference = "# The commands of `pipeline`\n\nWhat `--help` says of each; the options of every command stand with the first. `pipeline man --out DIR` \
                         writes the same as man pages. A test\nholds this page to the program: `UPDATE_DOCS=1 cargo test -p pipeline --test command_line reference` writes it.\n"
        .to_owned();
    for command in commands(&scene).iter().filter(|command| **command != ["db", "psql"]) {
        let words: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = scene.run(&words).stdout;
        let mut is_global = false;
        let own = help.lines().filter(|line| {
            let is_heading = !line.is_empty() && !line.starts_with(' ');
            is_global = if is_heading { !command.is_empty() && *line == "Global options:" } else { is_global };
            !is_global
        });
        let own = own.collect::<Vec<_>>().join("\n");
        let name = ["pipeline"].into_iter().chain(command.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        reference.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", own.trim_end()));
    }
    let reference = reference.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pipeline-commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &reference).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == reference, "{} is stale: run the test with UPDATE_DOCS=1", path.display());
}
