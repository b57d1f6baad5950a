//! The folder of a demonstration: made anew at each start, and never somebody else's.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Marks a folder that may be wiped.
const MARK: &str = "foleni-demo-folder";

/// Empties the folder of an earlier demonstration, or makes a new one; refuses a folder that holds anything else.
pub fn make_anew(folder: &Path) -> Result<PathBuf> {
    let trouble = || format!("make the folder {}", folder.display());
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if !folder.join(MARK).exists() && entries.next().is_some() {
                bail!("{} holds something that is not from a demonstration: choose another folder with --data", folder.display());
            }
            fs::remove_dir_all(folder).with_context(trouble)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(trouble),
    }
    // It holds passwords.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("logs")).with_context(trouble)?;
    fs::write(folder.join(MARK), "This folder is wiped when the demonstration starts.\n").with_context(trouble)?;
    folder.canonicalize().with_context(trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_demonstration_is_wiped_and_nothing_else_ever_is() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("var/demo");
        make_anew(&folder).expect("makes it");
        fs::write(folder.join("old"), "x").expect("writes");
        make_anew(&folder).expect("makes it anew");
        assert!(!folder.join("old").exists() && folder.join("logs").is_dir());
        fs::write(home.path().join("thesis.txt"), "years of work").expect("writes");
        assert!(make_anew(home.path()).is_err());
        assert!(home.path().join("thesis.txt").exists());
    }
}
