//! Asks a printer how it is and sends it a sample slip: `cargo run -p slip --example send -- tcp://host:9100`.

use std::process::ExitCode;
use std::time::Instant;

use slip::printer::PrinterUrl;
use slip::{SlipTemplate, SlipWords, sample};

fn main() -> ExitCode {
    let url = match std::env::args().nth(1).unwrap_or_default().parse::<PrinterUrl>() {
        Ok(url) => url,
        Err(error) => {
            println!("could not read the printer's address: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut printer = url.printer();
    println!("{url}\nthe printer is {}", printer.status());
    let start = Instant::now();
    match printer.print(&slip::job(&sample::birth(), &SlipWords::load(), &SlipTemplate::default(), &url.setup)) {
        Ok(printed) => println!("{printed:?} after {:?}", start.elapsed()),
        Err(failure) => {
            println!("could not {failure}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
