//! The rules of settings, as a user meets them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::error::{Error, Exit};

/// A current folder with an optional `pipeline.toml`, and an environment of its own.
struct Scene {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, &'static str)>,
    flags: Vec<FlagValue>,
}

impl Scene {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new(), flags: Vec::new() }
    }

    fn file(self, text: &str) -> Self {
        std::fs::write(self.folder.path().join("pipeline.toml"), text).unwrap();
        self
    }

    fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    fn flag(mut self, flag: &'static str, source: Option<&str>, value: &str) -> Self {
        self.flags.push(FlagValue { flag, source: source.map(str::to_owned), value: value.to_owned() });
        self
    }

    fn inputs(&self) -> Inputs {
        let environment: BTreeMap<_, _> =
            self.environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Inputs {
            flags: self.flags.clone(),
            config_file: None,
            paths: Paths::resolve(&environment, Some(Path::new("/home/ann"))),
            environment,
            folder: self.folder.path().to_owned(),
        }
    }

    fn load(&self) -> Settings {
        Settings::load(self.inputs()).unwrap()
    }

    fn error(&self) -> Error {
        Settings::load(self.inputs()).unwrap_err()
    }
}

fn origin(settings: &Settings, name: &str) -> String {
    settings.effective.iter().find(|one| one.setting.name() == name).unwrap().origin.to_string()
}

#[test]
fn defaults_are_those_of_the_contract() {
    let settings = Scene::new().load();
    assert!(settings.database.url.is_none());
    assert_eq!(settings.database.dir, Some("/home/ann/.local/share/drizzle-pipeline".into()));
    assert_eq!(settings.http.attempts, 3);
    assert_eq!(settings.http.concurrency, 4);
    assert_eq!(settings.sources["ncaa-directory"].rate.gap(), Duration::from_millis(500));
    assert_eq!(settings.sources["ncaa-directory"].base_url.as_str(), "https://web3.ncaa.org/");
    assert_eq!(settings.log.format, LogFormat::Pretty);
}

#[test]
fn defaults_of_sources_are_those_of_the_registry() {
    let settings = Scene::new().load();
    let registered: Vec<_> = crate::sources::ALL.iter().map(|source| source.name).collect();
    assert_eq!(settings.sources.len(), registered.len(), "{registered:?}");
    for source in crate::sources::ALL {
        let known = &settings.sources[source.name];
        assert_eq!(known.base_url.as_str().trim_end_matches('/'), source.base_url, "{}", source.name);
        assert_eq!((known.rate, known.lifetime), (source.rate, source.lifetime), "{}", source.name);
    }
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    const FILE: &str = "[rate]\nncaa-directory = \"3/s\"\n";
    const ENV: (&str, &str) = ("PIPELINE_RATE_NCAA_DIRECTORY", "4/s");
    // (in the file, in the environment, as a flag) -> (milliseconds, origin)
    let cases = [
        (false, false, false, 500, "default"),
        (true, false, false, 333, "pipeline.toml:2"),
        (false, true, false, 250, ENV.0),
        (true, true, false, 250, ENV.0),
        (true, false, true, 200, "--rate"),
        (true, true, true, 200, "--rate"),
        (false, false, true, 200, "--rate"),
    ];
    for (in_file, in_environment, as_flag, milliseconds, from) in cases {
        let mut scene = Scene::new();
        if in_file {
            scene = scene.file(FILE);
        }
        if in_environment {
            scene = scene.env(ENV.0, ENV.1);
        }
        if as_flag {
            scene = scene.flag("--rate", Some("ncaa-directory"), "5/s");
        }
        let settings = scene.load();
        let case = format!("file {in_file}, environment {in_environment}, flag {as_flag}");
        assert_eq!(settings.sources["ncaa-directory"].rate.gap().as_millis(), milliseconds, "{case}");
        let shown = origin(&settings, "rate.ncaa-directory");
        assert!(shown.ends_with(from), "{case}: {shown}");
    }
}

#[test]
fn the_last_flag_wins_and_an_empty_variable_is_no_value() {
    let scene = Scene::new().flag("--log-level", None, "warn").flag("--log-level", None, "debug");
    assert_eq!(scene.load().log.level, LogFilter::of(tracing::level_filters::LevelFilter::DEBUG));
    assert_eq!(origin(&Scene::new().env("DATABASE_URL", "").load(), "database.url"), "default");
}

#[test]
fn the_database_has_a_variable_of_its_own_and_the_systematic_one_wins() {
    let common = Scene::new().env("DATABASE_URL", "postgres://db/common");
    assert_eq!(common.load().database.url.unwrap().expose(), "postgres://db/common");
    let both = common.env("PIPELINE_DATABASE_URL", "postgres://db/special");
    assert_eq!(both.load().database.url.unwrap().expose(), "postgres://db/special");
}

#[test]
fn the_nearest_file_upward_is_used_else_the_users_own() {
    let scene = Scene::new().file("[http]\nattempts = 5\n");
    let deep = scene.folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let mut inputs = scene.inputs();
    inputs.folder = deep.clone();
    assert_eq!(Settings::load(inputs).unwrap().http.attempts, 5, "found upward");

    std::fs::write(scene.folder.path().join("a/pipeline.toml"), "[http]\nattempts = 6\n").unwrap();
    let mut inputs = scene.inputs();
    inputs.folder = deep;
    assert_eq!(Settings::load(inputs).unwrap().http.attempts, 6, "the nearest");

    let mut inputs = scene.inputs();
    inputs.config_file = Some("a/pipeline.toml".into());
    assert_eq!(Settings::load(inputs).unwrap().http.attempts, 6, "the one that was asked for");

    let elsewhere = Scene::new();
    let mut inputs = elsewhere.inputs();
    inputs.paths.config = Some(scene.folder.path().to_owned());
    assert_eq!(Settings::load(inputs).unwrap().http.attempts, 5, "the user's own");
}

#[test]
fn paths_in_a_file_are_relative_to_it() {
    let scene = Scene::new().file("[http]\nca_file = \"certificates/roots.pem\"\n");
    let mut inputs = scene.inputs();
    inputs.folder = scene.folder.path().join("below");
    std::fs::create_dir(&inputs.folder).unwrap();
    let expected = scene.folder.path().join("certificates/roots.pem");
    assert_eq!(Settings::load(inputs).unwrap().http.ca_file, Some(expected));
}

#[test]
fn numbers_in_a_file_are_read_as_toml_writes_them() {
    let settings = Scene::new().file("[load]\nbatch_rows = 10_000\n[http]\nattempts = 0x7\n").load();
    assert_eq!((settings.load.batch_rows, settings.http.attempts), (10_000, 7));
}

#[test]
fn a_source_has_a_section_of_its_own() {
    let lifetime = |scene: Scene| scene.load().sources["ncaa-directory"].lifetime.as_secs();
    assert_eq!(lifetime(Scene::new()), 12 * 3600);
    let scene = Scene::new().file("[sources.ncaa-directory]\ncache = \"6h\"\n");
    assert_eq!(origin(&scene.load(), "sources.ncaa-directory.cache").rsplit('/').next(), Some("pipeline.toml:2"));
    assert_eq!(lifetime(scene), 6 * 3600);
    assert_eq!(lifetime(Scene::new().env("PIPELINE_SOURCES_NCAA_DIRECTORY_CACHE", "0")), 0);
    let error = Scene::new()
        .file("[sources.ncaa-directory]\ncahce = \"6h\"\n[sources.ncaa-direktory]\ncache = \"6h\"\n[sources]\nx = 1\n")
        .error();
    let text = error.to_string();
    for part in [
        "pipeline.toml:2: there is no setting \"sources.ncaa-directory.cahce\"; did you mean \"cache\"?",
        "pipeline.toml:3: there is no section \"sources.ncaa-direktory\"; did you mean \"sources.ncaa-directory\"?",
        "pipeline.toml:6: there is no section \"sources.x\"",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}

#[test]
fn a_wrong_value_is_told_with_setting_value_origin_and_what_is_allowed() {
    let cases = [
        (
            Scene::new().env("PIPELINE_HTTP_ATTEMPTS", "many"),
            Exit::Configuration,
            vec!["http.attempts", "\"many\"", "PIPELINE_HTTP_ATTEMPTS", "a whole number from 1 to 100"],
        ),
        (Scene::new().env("PIPELINE_HTTP_ATTEMPTS", "0"), Exit::Configuration, vec!["http.attempts", "\"0\""]),
        (
            Scene::new().file("\n[http]\ntimeout = 30\n"),
            Exit::Configuration,
            vec!["http.timeout", "\"30\"", "pipeline.toml:3", "30s"],
        ),
        (
            Scene::new().file("[http]\ntimeout = [30]\n"),
            Exit::Configuration,
            vec!["pipeline.toml:2", "http.timeout", "array"],
        ),
        (
            Scene::new().flag("--rate", Some("ncaa-directory"), "fast"),
            Exit::Usage,
            vec!["rate.ncaa-directory", "\"fast\"", "--rate", "50/s"],
        ),
        (
            Scene::new().flag("--rate", Some("ncaa_directory"), "2/s"),
            Exit::Usage,
            vec!["--rate", "\"ncaa_directory\"", "did you mean \"ncaa-directory\"?"],
        ),
        (
            Scene::new().flag("--base-url", Some("ncaa-directory"), "ftp://x"),
            Exit::Usage,
            vec!["--base-url", "https://"],
        ),
        (
            Scene::new().env("PIPELINE_BASE_URL_NCAA_DIRECTORY", "https://ann:hunter2@x"),
            Exit::Configuration,
            vec!["\"https://***@x\"", "without password"],
        ),
        (Scene::new().env("DATABASE_URL", "mysql://db/x"), Exit::Configuration, vec!["DATABASE_URL", "postgres://"]),
        (
            Scene::new().file("[log]\nlevel = \"pipeline::fetch=debgu,info\"\n"),
            Exit::Configuration,
            vec!["pipeline.toml:2", "`debgu` is no level; did you mean \"debug\"?", "by target"],
        ),
        (
            Scene::new().flag("--log-level", None, "info,pipeline:fetch=debug"),
            Exit::Usage,
            vec!["--log-level", "`pipeline:fetch` is no target"],
        ),
        (
            Scene::new().env("PIPELINE_METRICS_LABELS", "host=a"),
            Exit::Configuration,
            vec!["PIPELINE_METRICS_LABELS", "not those that figures have already"],
        ),
    ];
    for (scene, exit, parts) in cases {
        let error = scene.error();
        let text = error.to_string();
        assert_eq!(error.exit(), exit, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion_and_all_are_told_at_once() {
    let error = Scene::new().file("[http]\natempts = 3\n\n[htpp]\nx = 1\n[log]\nlevel = \"loud\"\n").error();
    let text = error.to_string();
    assert_eq!(error.exit(), Exit::Configuration);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for part in [
        "pipeline.toml:2: there is no setting \"http.atempts\"; did you mean \"attempts\"?",
        "pipeline.toml:4: there is no section \"htpp\"; did you mean \"http\"?",
        "log.level = \"loud\"",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_by_line_without_its_secrets() {
    let error = Scene::new().file("[http]\n\n[database]\nurl = \"postgres://ann:hunter2@db/x\n").error();
    assert_eq!(error.exit(), Exit::Configuration);
    assert!(error.to_string().contains("pipeline.toml:4:"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn a_variable_that_only_looks_like_a_setting_is_remarked_on() {
    let settings = Scene::new().env("PIPELINE_HTTP_ATEMPTS", "3").env("PIPELINE_WORKSPACE", "/srv").load();
    assert_eq!(settings.warnings.len(), 1, "{:?}", settings.warnings);
    assert!(settings.warnings[0].contains("did you mean \"PIPELINE_HTTP_ATTEMPTS\"?"), "{:?}", settings.warnings);
}

#[test]
fn secrets_are_masked_wherever_settings_are_shown() {
    let secret = "postgres://ann:hunter2@db/x?sslpassword=hunter2";
    let scenes = [
        Scene::new().env("DATABASE_URL", secret),
        Scene::new().flag("--database-url", None, secret),
        Scene::new().file(&format!("[database]\nurl = \"{secret}\"\n")),
    ];
    for scene in scenes {
        let settings = scene.load();
        for shown in [settings.to_text(), format!("{:?}", settings.to_map()), format!("{settings:?}")] {
            assert!(shown.contains("ann") && !shown.contains("hunter2"), "{shown}");
        }
    }
    let wrong = Scene::new().env("DATABASE_URL", "mysql://ann:hunter2@db/x").error();
    assert!(!wrong.to_string().contains("hunter2"), "{wrong}");
}

#[test]
fn every_setting_is_reached_by_the_variable_that_its_name_says() {
    for setting in SETTINGS.iter() {
        let expected = format!("PIPELINE_{}", setting.name().replace(['.', '-'], "_").to_uppercase());
        assert_eq!(setting.variables()[0], expected);
        assert!(setting.help.ends_with('.'), "{}", setting.name());
    }
}
