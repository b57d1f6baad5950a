//! The officer's terminal: lines of keys, and a password that is not shown.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::thread;

use tokio::sync::mpsc;

/// Keys that wait to be taken. More are dropped: nobody means forty presses.
const WAITING_MAX: usize = 40;

/// Returns the lines that are typed, without the line's end, until the input ends.
pub fn lines() -> io::Result<mpsc::Receiver<String>> {
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    thread::Builder::new().name("keys".into()).spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line.trim().to_owned()).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// Asks for a password; on a terminal it is not shown while it is typed.
pub fn password(question: &str) -> io::Result<String> {
    let _hidden = io::stdin().is_terminal().then(Hidden::new);
    print!("{question}: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    println!();
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Shows lines, and to a person where to type the next.
pub fn show(text: &str) {
    // What stands after the last prompt is taken away first; what was typed there is kept by the terminal.
    let fresh = if is_person() && io::stdout().is_terminal() { "\r\x1b[K" } else { "" };
    println!("{fresh}{text}");
    prompt();
}

/// Shows a person where to type.
pub fn prompt() {
    if is_person() {
        print!("> ");
        // A terminal that is gone has no prompt either.
        let _ = io::stdout().flush();
    }
}

/// Returns whether keys come from a person, who can press twice by mistake.
pub fn is_person() -> bool {
    io::stdin().is_terminal()
}

/// While it lives, what is typed is not shown.
struct Hidden;

impl Hidden {
    fn new() -> Hidden {
        echo("-echo");
        Hidden
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        echo("echo");
    }
}

/// A terminal without `stty` shows the password; it is typed all the same.
fn echo(state: &str) {
    let _ = Command::new("stty").arg(state).stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
