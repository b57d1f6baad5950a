//! The printer that hangs on this kiosk: slips are laid out here and go out through the `slip` crate.

use protocol::request::{Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use slip::printer::{Patience, PrinterUrl, paper};
use slip::{PaperSetup, SlipWords};

use crate::press::Printer;

/// A real printer, with its paper.
pub(crate) struct PaperPrinter {
    printer: Box<dyn slip::printer::Printer>,
    words: SlipWords,
    setup: PaperSetup,
}

impl PaperPrinter {
    /// Returns the printer at this address. Nothing is opened before the first slip or question.
    pub(crate) fn new(url: &PrinterUrl, setup: PaperSetup) -> PaperPrinter {
        PaperPrinter { printer: url.printer_with(Patience::default()), words: SlipWords::load(), setup }
    }
}

impl Printer for PaperPrinter {
    fn print(&mut self, content: &SlipContent) -> Paper {
        paper(self.printer.print(&slip::job(content, &self.words, &self.setup)))
    }

    fn look(&mut self) -> Option<PrinterTrouble> {
        self.printer.status().trouble()
    }
}
