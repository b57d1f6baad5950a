//! The printer that hangs on this kiosk: slips are laid out here and go out through the `slip` crate.

use protocol::request::PrinterTrouble;
use protocol::slip::SlipContent;
use slip::printer::{Patience, PrintFailure, Printed, PrinterStatus, PrinterUrl, paper};
use slip::{PaperSetup, SlipWords};

use crate::press::{Became, Printer};

/// A real printer, with its paper.
pub struct PaperPrinter {
    printer: Box<dyn slip::printer::Printer>,
    words: SlipWords,
    setup: PaperSetup,
}

impl PaperPrinter {
    /// Returns the printer at this address. Nothing is opened before the first slip or question.
    pub fn new(url: &PrinterUrl, setup: PaperSetup) -> PaperPrinter {
        PaperPrinter::patient(url, setup, Patience::default())
    }

    /// Returns the printer at this address, with other deadlines.
    pub fn patient(url: &PrinterUrl, setup: PaperSetup, patience: Patience) -> PaperPrinter {
        PaperPrinter { printer: url.printer_with(patience), words: SlipWords::load(), setup }
    }
}

impl Printer for PaperPrinter {
    fn print(&mut self, content: &SlipContent, begin: &mut dyn FnMut() -> bool) -> Became {
        // Drawn before the printer is asked, so that nobody else waits for the drawing.
        let job = slip::job(content, &self.words, &self.setup);
        let result = self.printer.print_if(&job, begin);
        let status = match result {
            Ok(Printed::Printed(status)) => status,
            Ok(Printed::Sent) => PrinterStatus::Unknown,
            Err(failure) => failure.status(),
        };
        let in_doubt = matches!(result, Err(PrintFailure::Interrupted(_)));
        Became { paper: paper(result), in_doubt, trouble: status.trouble() }
    }

    fn look(&mut self) -> Option<PrinterTrouble> {
        self.printer.status().trouble()
    }

    fn begin_anew(&mut self) {
        self.printer.begin_anew();
    }
}
