//! A printer's twin for tests: it remembers what it printed, can be in trouble and can be slow.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use protocol::request::{Paper, PrinterTrouble};
use protocol::slip::SlipContent;
use protocol::ticket::Text;

use slip::queue::{LinePatience, stops};

use crate::press::{Became, Printer};

#[derive(Clone, Default)]
pub(crate) struct Paperwork {
    state: Arc<Mutex<State>>,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
}

/// Keeps the printer in the middle of a slip while it lives.
pub(crate) struct Hold(Arc<Gate>);

impl Drop for Hold {
    fn drop(&mut self) {
        *self.0.shut.lock().expect("not poisoned") = false;
        self.0.opened.notify_all();
    }
}

#[derive(Default)]
struct State {
    printed: Vec<String>,
    trouble: Option<PrinterTrouble>,
}

impl Paperwork {
    pub(crate) fn printed(&self) -> Vec<String> {
        self.state().printed.clone()
    }

    pub(crate) fn set_trouble(&self, trouble: Option<PrinterTrouble>) {
        self.state().trouble = trouble;
    }

    /// Keeps the printer in the middle of a slip until this is dropped.
    pub(crate) fn hold(&self) -> Hold {
        *self.gate.shut.lock().expect("not poisoned") = true;
        Hold(self.gate.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }
}

impl Printer for Paperwork {
    fn print(&mut self, slip: &SlipContent, begin: &mut dyn FnMut() -> bool) -> Became {
        let trouble = self.state().trouble;
        let refused = |trouble| Became { paper: Paper::Failed { trouble }, in_doubt: false, trouble: Some(trouble) };
        if let Some(trouble) = trouble.filter(|trouble| stops(*trouble)) {
            return refused(trouble);
        }
        if !begin() {
            return Became { paper: Paper::Failed { trouble: PrinterTrouble::Unreachable }, in_doubt: false, trouble };
        }
        let shut = self.gate.shut.lock().expect("not poisoned");
        drop(self.gate.opened.wait_while(shut, |shut| *shut).expect("not poisoned"));
        let mut state = self.state();
        state.printed.push(slip.number.to_string());
        Became { paper: Paper::Printed, in_doubt: false, trouble }
    }

    fn look(&mut self) -> Option<PrinterTrouble> {
        self.state().trouble
    }
}

/// Patience for tests.
pub(crate) fn hasty() -> LinePatience {
    LinePatience { answer: Duration::from_millis(300), useful: Duration::from_secs(90), look: Duration::from_millis(20) }
}

pub(crate) fn slip(number: &str) -> SlipContent {
    let service = Text { en: "Birth certificate".into(), sw: "Cheti cha kuzaliwa".into() };
    SlipContent::new("Mombasa", number.parse().expect("a number"), service)
}
