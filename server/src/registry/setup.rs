//! The code for the first administrator: whoever can read the server's own folder may set the centre up.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tracing::{info, warn};

use super::token;

/// The file in the data folder.
pub(super) const FILE: &str = "setup-code";

/// Under which wrong codes are counted; no account can have this name.
pub(super) const LOCK_NAME: &str = "set up";

/// Writes a new code if there is no account yet, else removes a code that was left.
pub(super) fn prepare(file: &Path, needed: bool) -> std::io::Result<Option<String>> {
    forget(file);
    if !needed {
        return Ok(None);
    }
    let code = token::digits(8);
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(open, "{code}")?;
    info!(file = %file.display(), "nobody can sign in yet: make the first administrator at /setup with the code in that file");
    Ok(Some(code))
}

/// Removes the code.
pub(super) fn forget(file: &Path) {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            warn!(error = &error as &dyn std::error::Error, "could not remove the old set-up code");
        }
        _ => {}
    }
}
