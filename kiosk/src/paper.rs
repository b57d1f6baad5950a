//! The printer that hangs on this kiosk: slips are laid out here and go out through the `slip` crate.

use protocol::request::{Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use slip::printer::{Patience, PrinterUrl, paper};
use slip::{PaperSetup, SlipTemplate, SlipWords};
use tokio::sync::watch;

use crate::press::Printer;

/// A real printer, with its paper.
pub(crate) struct PaperPrinter {
    printer: Box<dyn slip::printer::Printer>,
    words: SlipWords,
    setup: PaperSetup,
    /// How the centre's slips look; it may change between two slips.
    template: watch::Receiver<SlipTemplate>,
}

impl PaperPrinter {
    /// Returns the printer at this address. Nothing is opened before the first slip or question.
    pub(crate) fn new(url: &PrinterUrl, setup: PaperSetup, template: watch::Receiver<SlipTemplate>) -> PaperPrinter {
        PaperPrinter { printer: url.printer_with(Patience::default()), words: SlipWords::load(), setup, template }
    }
}

impl Printer for PaperPrinter {
    fn print(&mut self, content: &SlipContent) -> Paper {
        let template = self.template.borrow().clone();
        paper(self.printer.print(&slip::job(content, &self.words, &template, &self.setup)))
    }

    fn look(&mut self) -> Option<PrinterTrouble> {
        self.printer.status().trouble()
    }
}
