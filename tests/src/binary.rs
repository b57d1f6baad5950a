//! Where the programs are; brought up to date by cargo, once for each test program.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Returns the server's program: `FOLENI_SERVER` if that is set, else the one beside this program, built if need be.
pub fn server() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| env::var_os("FOLENI_SERVER").map_or_else(|| built("server"), PathBuf::from))
}

/// Returns the kiosk's program: `FOLENI_KIOSK` if that is set, else the one beside this program, built if need be.
pub fn kiosk() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| env::var_os("FOLENI_KIOSK").map_or_else(|| built("kiosk"), PathBuf::from))
}

/// Cargo does not build another package's program for a test. It holds a lock while it builds, so test programs that run
/// at the same time wait for one another.
fn built(package: &str) -> PathBuf {
    let own = env::current_exe().expect("a program knows where it is");
    let mut folder = own.parent().expect("a program is in a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("deps is in a profile's folder");
    }
    let program = folder.join(format!("foleni-{package}"));
    if let Some(cargo) = env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build
            .args(["build", "--quiet", "--package", package, "--bin", &format!("foleni-{package}")])
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        if folder.ends_with("release") {
            build.arg("--release");
        }
        let status = build.status().expect("cargo can be started");
        assert!(status.success(), "the {package} does not build");
    }
    assert!(program.exists(), "there is no {}; build it with `cargo build -p {package}`", program.display());
    program
}
