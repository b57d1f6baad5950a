//! The kiosk's book: one file with the numbers reserved for it and what it gave of them.
//!
//! All of the file is written when it is made, and later only over what is there: a disk that is full cannot stop it. Whatever
//! stands in it is in slots of fixed size with a digest each, so that a slot that was cut off by a power cut is known as such.
//! A ticket is in its slot, on the disk, before anything of it is printed. A slot that is damaged in any other place than where
//! the next ticket would have gone has told something once that nobody knows any more: then the book is begun anew, and the
//! numbers that it held are given to nobody.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use protocol::offline::ReservedNumbers;
use protocol::request::IssueTicket;
use protocol::{RequestId, ServiceId, TicketNumber, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use station::backoff::Backoff;
use station::disk;
use tracing::{error, warn};

use crate::centre_time::{Anchor, Look};

/// Bytes of one of the two places for what is kept, also when a long day has left numbers here and there; they are written in turn.
const KEPT_BYTES: usize = 128 * 1024;
/// Bytes of a ticket, and of the mark beside it that says what became of it.
const TICKET_BYTES: usize = 1536;
const MARK_BYTES: usize = 512;
const SLOT_BYTES: usize = TICKET_BYTES + MARK_BYTES;
/// Slots; far more than one kiosk gives tickets in a day.
const SLOTS: u64 = 2_048;
const FILE_BYTES: u64 = 2 * KEPT_BYTES as u64 + SLOTS * SLOT_BYTES as u64;
/// A length and a digest stand before whatever is in a slot.
const HEAD_BYTES: usize = 4 + 16;

/// What the server said last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Counts the writings: of two places the later one holds.
    pub(crate) version: u64,
    /// The book's own number.
    pub(crate) book: u32,
    /// What may be given; nothing before the server was asked.
    pub(crate) numbers: Option<ReservedNumbers>,
    /// The time at the centre when that was said.
    pub(crate) anchor: Option<Anchor>,
    /// Services that gave no tickets then, or only so many more.
    pub(crate) limits: Vec<Limit>,
}

/// A service that gives no tickets, or only so many more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limit {
    pub(crate) service: ServiceId,
    pub(crate) suspended: bool,
    pub(crate) left: Option<u32>,
}

impl Limit {
    /// Returns whether the service gives no ticket at all.
    pub(crate) fn is_stopped(&self) -> bool {
        self.suspended || self.left == Some(0)
    }
}

/// One ticket in the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// Counts the tickets of the book from 0.
    pub(crate) serial: u64,
    /// What was asked for.
    pub(crate) ask: IssueTicket,
    /// The number that its holder has.
    pub(crate) number: TicketNumber,
    /// The business day.
    pub(crate) date: String,
    /// Whose word the number is.
    pub(crate) by: By,
    /// When, as far as was known then.
    pub(crate) at: Time,
    /// Whether that was known.
    pub(crate) timed: bool,
    /// What the machine's own clocks said.
    pub(crate) look: Look,
}

/// Whose word a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    /// The kiosk gave it; the server is to be told.
    Kiosk,
    /// The server issued it; it is known here in case the same touch comes again and the server is away.
    Server,
}

/// What became of a ticket that the kiosk gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    serial: u64,
    /// Whether the server took it.
    taken: bool,
}

/// The open book.
#[derive(Debug)]
pub(crate) struct Book {
    file: File,
    kept: Kept,
    /// Every ticket whose slot can be read, oldest first, with whether it is settled with the server.
    tickets: Vec<(Ticket, bool)>,
    /// Numbers of which a write failed: nobody knows what is on the disk.
    spoiled: BTreeSet<TicketNumber>,
    next: u64,
    /// Slots that hold nothing legible, until the book is begun.
    damaged: Vec<u64>,
    /// Whether the disk has the book's own number.
    begun: bool,
}

/// What is in a slot.
enum Found<T> {
    Nothing,
    Damaged,
    Whole(T),
}

impl Book {
    /// Opens the book, or makes one.
    pub(crate) fn open(path: &Path) -> io::Result<Book> {
        let known = std::fs::metadata(path).map(|known| known.len());
        if !matches!(known, Ok(FILE_BYTES)) {
            disk::write_whole(path, &made_of(path, known.is_ok())?)?;
        }
        let file = disk::private().read(true).write(true).open(path)?;
        let mut book =
            Book { file, kept: Kept::default(), tickets: Vec::new(), spoiled: BTreeSet::new(), next: 0, damaged: Vec::new(), begun: false };
        book.read()?;
        Ok(book)
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Keeps what the server said. The old word stays on the disk until the new one is.
    pub(crate) fn keep(&mut self, mut kept: Kept) -> io::Result<()> {
        (kept.version, kept.book) = (self.kept.version + 1, self.kept.book);
        let place = (kept.version % 2) * KEPT_BYTES as u64;
        self.write(place, &kept, KEPT_BYTES)?;
        self.kept = kept;
        Ok(())
    }

    /// Returns the ticket of a request.
    pub(crate) fn of_request(&self, request: &RequestId) -> Option<&Ticket> {
        self.tickets.iter().rev().map(|(ticket, _)| ticket).find(|ticket| ticket.ask.request == *request)
    }

    /// Returns what the kiosk gave and has not settled with the server, oldest first.
    pub(crate) fn open_tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.iter().filter(|(ticket, settled)| ticket.by == By::Kiosk && !settled).map(|(ticket, _)| ticket)
    }

    /// Returns the numbers of a letter that may be given.
    pub(crate) fn free(&self, letter: char) -> impl Iterator<Item = TicketNumber> {
        let numbers = self.kept.numbers.as_ref();
        let date = numbers.map(|numbers| numbers.date.as_str()).unwrap_or_default();
        let given = |(ticket, _): &&(Ticket, bool)| ticket.by == By::Kiosk && ticket.date == date;
        let given: BTreeSet<TicketNumber> = self.tickets.iter().filter(given).map(|(ticket, _)| ticket.number).collect();
        let held = numbers.into_iter().flat_map(|numbers| &numbers.numbers).flat_map(|block| block.numbers());
        held.filter(move |number| number.letter == letter && !given.contains(number) && !self.spoiled.contains(number))
    }

    /// Returns whether any number may be given.
    pub(crate) fn has_numbers(&self) -> bool {
        let letters: BTreeSet<char> = self.kept.numbers.iter().flat_map(|numbers| &numbers.numbers).map(|block| block.letter).collect();
        letters.into_iter().any(|letter| self.free(letter).next().is_some())
    }

    /// Writes a ticket; on the disk when this returns. The serial is the book's affair.
    pub(crate) fn enter(&mut self, mut ticket: Ticket) -> io::Result<()> {
        let full = || io::Error::new(io::ErrorKind::StorageFull, "every slot of the book is wanted");
        ticket.serial = self.serial().ok_or_else(full)?;
        let slot = ticket.serial % SLOTS;
        self.tickets.retain(|(other, _)| other.serial % SLOTS != slot);
        // Also of a write that failed something may be on the disk: neither the place nor the number is used again.
        self.next = ticket.serial + 1;
        let written = self.write(place_of(slot), &ticket, TICKET_BYTES);
        if written.is_err() && ticket.by == By::Kiosk {
            self.spoiled.insert(ticket.number);
        }
        written?;
        self.tickets.push((ticket, false));
        Ok(())
    }

    /// Marks a ticket as settled with the server: taken, or refused for good.
    pub(crate) fn settle(&mut self, serial: u64, taken: bool) -> io::Result<()> {
        self.write(place_of(serial % SLOTS) + TICKET_BYTES as u64, &Mark { serial, taken }, MARK_BYTES)?;
        self.tickets.iter_mut().filter(|(ticket, _)| ticket.serial == serial).for_each(|(_, settled)| *settled = true);
        Ok(())
    }

    /// Returns the serial of the next ticket: the first whose slot nobody wants.
    fn serial(&self) -> Option<u64> {
        let wanted = self.wanted();
        (self.next..self.next.saturating_add(SLOTS)).find(|serial| !wanted.contains(&(serial % SLOTS)))
    }

    /// A slot may be written over once the server knows its ticket, and the numbers in hand are not those of before.
    fn wanted(&self) -> BTreeSet<u64> {
        let numbers = self.kept.numbers.as_ref();
        let date = numbers.map(|numbers| numbers.date.as_str());
        let held: BTreeSet<TicketNumber> =
            numbers.into_iter().flat_map(|numbers| &numbers.numbers).flat_map(|block| block.numbers()).collect();
        let in_hand = |ticket: &Ticket| Some(ticket.date.as_str()) == date && held.contains(&ticket.number);
        let wanted = self.tickets.iter().filter(|(ticket, settled)| ticket.by == By::Kiosk && (!settled || in_hand(ticket)));
        wanted.map(|(ticket, _)| ticket.serial % SLOTS).collect()
    }

    fn read(&mut self) -> io::Result<()> {
        let mut kept: Vec<Kept> = Vec::new();
        for place in 0..2 {
            match self.look::<Kept>(place * KEPT_BYTES as u64, KEPT_BYTES)? {
                Found::Whole(one) => kept.push(one),
                // The other place has the word before.
                Found::Damaged | Found::Nothing => {}
            }
        }
        let mut damaged = Vec::new();
        for slot in 0..SLOTS {
            match self.look::<Ticket>(place_of(slot), TICKET_BYTES)? {
                Found::Nothing => {}
                Found::Damaged => damaged.push(slot),
                Found::Whole(ticket) => {
                    let mark = self.look::<Mark>(place_of(slot) + TICKET_BYTES as u64, MARK_BYTES)?;
                    let settled = matches!(mark, Found::Whole(mark) if mark.serial == ticket.serial);
                    self.tickets.push((ticket, settled));
                }
            }
        }
        self.tickets.sort_unstable_by_key(|(ticket, _)| ticket.serial);
        self.next = self.tickets.last().map_or(0, |(ticket, _)| ticket.serial + 1);
        let found = kept.into_iter().max_by_key(|kept| kept.version);
        let known = found.is_some();
        self.kept = found.unwrap_or_default();
        let cut_off = self.serial().map(|serial| serial % SLOTS);
        let lost = damaged.iter().any(|slot| Some(*slot) != cut_off);
        if damaged.iter().any(|slot| Some(*slot) == cut_off) {
            warn!("the last ticket was cut off while it was written: nobody has it");
        }
        if lost {
            error!("the book is damaged: what it held is given to nobody, and a new one is begun");
        }
        self.begun = known && !lost;
        if !self.begun {
            // Whoever lost the book cannot know what was given of its numbers.
            self.kept = Kept { version: self.kept.version, book: (Backoff::seed() % u64::from(u32::MAX)) as u32, ..Kept::default() };
            self.damaged = damaged;
            let _ = self.begin().inspect_err(|error| error!(%error, "could not begin a new book"));
        }
        Ok(())
    }

    /// Sees to it that the disk has the book's own number, before anything is reserved for it: a book that is begun anew at every
    /// start would sooner or later hold every number of the centre.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.keep(self.kept.clone())?;
        self.keep(self.kept.clone())?;
        // What was in these slots is lost: it is not to be lost once more at the next start.
        for slot in &self.damaged {
            self.file.write_all_at(&[0; TICKET_BYTES], place_of(*slot))?;
        }
        self.file.sync_data()?;
        self.damaged.clear();
        self.begun = true;
        Ok(())
    }

    fn look<T: DeserializeOwned>(&self, place: u64, size: usize) -> io::Result<Found<T>> {
        let mut bytes = vec![0; size];
        self.file.read_exact_at(&mut bytes, place)?;
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(Found::Nothing);
        }
        let length = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        let whole = bytes.get(HEAD_BYTES..HEAD_BYTES.saturating_add(length)).filter(|body| digest(body) == bytes[4..HEAD_BYTES]);
        Ok(whole.and_then(|body| serde_json::from_slice(body).ok()).map_or(Found::Damaged, Found::Whole))
    }

    fn write<T: Serialize>(&self, place: u64, what: &T, size: usize) -> io::Result<()> {
        let body = serde_json::to_vec(what)?;
        let length = u32::try_from(body.len()).map_err(io::Error::other)?;
        if HEAD_BYTES + body.len() > size {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is too long for its slot"));
        }
        self.file.write_all_at(&[&length.to_le_bytes()[..], &digest(&body), &body].concat(), place)?;
        self.file.sync_data()
    }
}

/// Returns the bytes of a new file: of one whose end was lost, or that is of another size, the tickets that can be read are kept. Of
/// its own number nothing is: nobody knows what else was given under it.
fn made_of(path: &Path, known: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if known {
        error!("the book is not as long as it was made: what it held is given to nobody, and a new one is begun");
        File::open(path)?.take(FILE_BYTES).read_to_end(&mut bytes)?;
    }
    bytes.resize(usize::try_from(FILE_BYTES).map_err(io::Error::other)?, 0);
    bytes[..2 * KEPT_BYTES].fill(0);
    Ok(bytes)
}

fn place_of(slot: u64) -> u64 {
    2 * KEPT_BYTES as u64 + slot * SLOT_BYTES as u64
}

fn digest(body: &[u8]) -> [u8; 16] {
    let mut first = [0; 16];
    first.copy_from_slice(&Sha256::digest(body)[..16]);
    first
}

#[cfg(test)]
mod tests;
