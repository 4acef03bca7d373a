//! Commands that answer a question on standard output, and print nothing else there.

use std::io::{self, Write};

use pipeline::{Error, Exit, Result};

use super::args::{ConfigArgs, GlobalFlags};

/// `pipeline config`: every setting, its value and where it came from.
pub(crate) fn config(global: &GlobalFlags, args: &ConfigArgs) -> Result<()> {
    let settings = global.settings()?;
    for warning in &settings.warnings {
        // Nobody may be reading: that is no error.
        let _ = writeln!(io::stderr().lock(), "warning: {warning}");
    }
    if !args.json {
        return answer(&settings.to_text());
    }
    let json = serde_json::to_string_pretty(&settings.to_map())
        .map_err(|error| Error::new(Exit::Temporary, "the settings cannot be shown as JSON").caused_by(error))?;
    answer(&(json + "\n"))
}

/// Prints an answer. A reader that has seen enough (`| head`) is no error.
pub(crate) fn answer(text: &str) -> Result<()> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(Exit::Temporary, "the answer cannot be printed").caused_by(error))
        }
        _ => Ok(()),
    }
}
