//! The printer that hangs on this kiosk: slips are laid out here and go out through the `slip` crate.

use protocol::request::PrinterTrouble;
use protocol::slip::SlipContent;
use slip::printer::{Patience, PrintFailure, Printed, PrinterStatus, PrinterUrl, paper};
use slip::{PaperSetup, SlipTemplate, SlipWords};
use tokio::sync::watch;

use crate::press::{Became, Printer};

/// A real printer, with its paper.
pub struct PaperPrinter {
    printer: Box<dyn slip::printer::Printer>,
    words: SlipWords,
    setup: PaperSetup,
    /// How the centre's slips look; it may change between two slips.
    template: watch::Receiver<SlipTemplate>,
}

impl PaperPrinter {
    /// Returns the printer at this address. Nothing is opened before the first slip or question.
    pub fn new(url: &PrinterUrl, setup: PaperSetup, template: watch::Receiver<SlipTemplate>) -> PaperPrinter {
        PaperPrinter::patient(url, setup, template, Patience::default())
    }

    /// Returns the printer at this address, with other deadlines.
    pub fn patient(url: &PrinterUrl, setup: PaperSetup, template: watch::Receiver<SlipTemplate>, patience: Patience) -> PaperPrinter {
        PaperPrinter { printer: url.printer_with(patience), words: SlipWords::load(), setup, template }
    }
}

impl Printer for PaperPrinter {
    fn print(&mut self, content: &SlipContent, begin: &mut dyn FnMut() -> bool) -> Became {
        // Drawn before the printer is asked, so that nobody else waits for the drawing.
        let template = self.template.borrow().clone();
        let job = slip::job(content, &self.words, &template, &self.setup);
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
