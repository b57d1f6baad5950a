//! What the system says of a process: its memory and the time it has had.

use std::time::Duration;

/// Returns a line of `/proc/PID/status` in mebibytes, such as `VmRSS`.
pub fn mebibytes(process: u32, line: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kibibytes = value.and_then(|value| value.trim().trim_end_matches(" kB").parse().ok());
    kibibytes.unwrap_or(f64::NAN) / 1_024.0
}

/// Returns the processor time that a process has had, its own and the system's for it.
pub fn processor(process: u32) -> Duration {
    /// The kernel counts hundredths of a second for programs, whatever its own clock does.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The program's name, in parentheses, may hold spaces; user and system time are the 14th and 15th field.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}
