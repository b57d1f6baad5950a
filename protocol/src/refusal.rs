//! A request that is not granted, with its reason: a stable code that screens translate, never our English.

use serde::{Deserialize, Serialize};

use crate::id::ServiceId;
use crate::ticket::Text;
use crate::time::Time;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal;)*) => {
        /// Why a request is not granted. The code of each is part of the wire and never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// Every refusal.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name),*];

            /// Returns the stable code, such as `nobody-waiting`; its words are the message `refusal-<code>`.
            pub fn code(self) -> &'static str {
                match self { $(Refusal::$name => $code),* }
            }

            /// Returns the HTTP status that carries it (RFC 9110).
            pub fn status(self) -> u16 {
                match self { $(Refusal::$name => $status),* }
            }

            /// Returns the refusal with this code.
            pub fn from_code(code: &str) -> Option<Refusal> {
                Refusal::ALL.iter().copied().find(|refusal| refusal.code() == code)
            }
        }
    };
}

refusals! {
    /// No ticket that this counter may call is waiting.
    NobodyWaiting = "nobody-waiting", 409;
    /// The counter is closed.
    CounterClosed = "counter-closed", 409;
    /// The counter is open already.
    CounterOpen = "counter-open", 409;
    /// The counter has a ticket already.
    CounterBusy = "counter-busy", 409;
    /// The counter is paused.
    CounterPaused = "counter-paused", 409;
    /// The counter is not paused.
    CounterNotPaused = "counter-not-paused", 409;
    /// Another officer is at this counter.
    CounterTaken = "counter-taken", 409;
    /// The counter has no ticket.
    CounterIdle = "counter-idle", 409;
    /// The officer is at another counter.
    OfficerElsewhere = "officer-elsewhere", 409;
    /// There is no such counter.
    UnknownCounter = "unknown-counter", 404;
    /// There is no such service.
    UnknownService = "unknown-service", 404;
    /// There is no such ticket today.
    UnknownTicket = "unknown-ticket", 404;
    /// The journal has no such business day.
    UnknownDay = "unknown-day", 404;
    /// The counter's ticket is another one by now: the screen was stale.
    StaleTicket = "stale-ticket", 409;
    /// The ticket is not called.
    TicketNotCalled = "ticket-not-called", 409;
    /// The ticket is not being served.
    TicketNotServing = "ticket-not-serving", 409;
    /// The ticket does not wait, is not on hold and was not missed lately.
    TicketNotWaiting = "ticket-not-waiting", 409;
    /// The ticket is not on hold and was not missed lately.
    TicketNotAway = "ticket-not-away", 409;
    /// The ticket has that class already, or is booked for a time of day.
    ClassUnchanged = "class-unchanged", 409;
    /// The booked time is too far ahead to check in now.
    AppointmentEarly = "appointment-early", 409;
    /// The booked time has passed by too much; an ordinary ticket can be taken.
    AppointmentLate = "appointment-late", 409;
    /// The booking has its ticket already.
    AppointmentUsed = "appointment-used", 409;
    /// No booking of today has this code.
    UnknownBooking = "unknown-booking", 404;
    /// The last business day left no such ticket unserved, or it has been taken up already.
    NoReturnTicket = "no-return-ticket", 409;
    /// The centre wants the officer to say how the service ended.
    OutcomeRequired = "outcome-required", 409;
    /// The mark is not on the centre's list.
    UnknownMark = "unknown-mark", 404;
    /// The ticket has that mark already, or has it not.
    MarkUnchanged = "mark-unchanged", 409;
    /// There is no such pool of counters.
    UnknownPool = "unknown-pool", 404;
    /// The officer serves nothing that this counter serves.
    OfficerNotTrained = "officer-not-trained", 409;
    /// The counter does not serve this service.
    ServiceNotAtCounter = "service-not-at-counter", 409;
    /// The time named has passed, or is too far away.
    BadTime = "bad-time", 409;
    /// The officer has done nothing here that could be undone.
    NothingToUndo = "nothing-to-undo", 409;
    /// It is too late to undo: the time has passed, or others have gone on from there.
    TooLateToUndo = "too-late-to-undo", 409;
    /// That is no date, or it is too far away.
    BadDate = "bad-date", 400;
    /// The date has passed.
    DatePast = "date-past", 409;
    /// The centre is closed on that date already.
    DateListed = "date-listed", 409;
    /// The centre is not closed on that date.
    DateNotListed = "date-not-listed", 404;
    /// The closed day stands in the centre's file and can only be changed there.
    DateFixed = "date-fixed", 409;
    /// The service is suspended; its tickets keep their place.
    ServiceSuspended = "service-suspended", 409;
    /// The service has issued all its tickets for today.
    ServiceFull = "service-full", 409;
    /// The service takes no tickets at this hour.
    ServiceClosed = "service-closed", 409;
    /// The service is not offered in this centre.
    ServiceNotOffered = "service-not-offered", 409;
    /// The service is suspended already.
    AlreadySuspended = "already-suspended", 409;
    /// The service is not suspended.
    NotSuspended = "not-suspended", 409;
    /// The centre is closed.
    CentreClosed = "centre-closed", 409;
    /// The business day is open already.
    DayOpen = "day-open", 409;
    /// Every number of the letter is held by a ticket that has not ended.
    NumbersExhausted = "numbers-exhausted", 409;
    /// The kiosk holds all the numbers that it may.
    NumbersHeld = "numbers-held", 409;
    /// The number is not reserved for this kiosk.
    NumberNotReserved = "number-not-reserved", 409;
    /// The number was handed over before.
    NumberGiven = "number-given", 409;
    /// The kiosk has no number left that it may give by itself.
    NoNumberLeft = "no-number-left", 409;
    /// There is no such printer.
    UnknownPrinter = "unknown-printer", 404;
    /// Another printer has that name already.
    PrinterKnown = "printer-known", 409;
    /// That is no name or address of a printer on the network.
    PrinterAddress = "printer-address", 400;
    /// The kiosk has no printer.
    NoPrinter = "no-printer", 409;
    /// More slips wait for the printer than it could print in time.
    PrinterBusy = "printer-busy", 503;
    /// The visit has ended: its slip is of no use any more.
    TicketEnded = "ticket-ended", 409;
    /// The language is not one of the centre's.
    UnknownLanguage = "language", 409;
    /// The request id was used for another request.
    RequestReused = "request-reused", 409;
    /// The request is not understood.
    BadRequest = "bad-request", 400;
    /// The body is not the JSON that is asked for.
    BadJson = "bad-json", 400;
    /// The body or frame is too large.
    TooLarge = "too-large", 413;
    /// The body or frame is not UTF-8.
    NotUtf8 = "not-utf8", 400;
    /// Nobody is signed in.
    NotSignedIn = "not-signed-in", 401;
    /// The account or device may not do this.
    NotAllowed = "not-allowed", 403;
    /// The name or password is wrong.
    WrongPassword = "wrong-password", 401;
    /// Too many wrong passwords.
    LockedOut = "locked-out", 429;
    /// The password is too easy.
    WeakPassword = "weak-password", 400;
    /// No attendant PIN is set, so attendant mode does not open.
    NoAttendantPin = "no-attendant-pin", 409;
    /// The attendant PIN is wrong.
    WrongPin = "wrong-pin", 403;
    /// Too many wrong PINs at this kiosk.
    PinLocked = "pin-locked", 429;
    /// The PIN has not four to eight digits, or would be guessed.
    WeakPin = "weak-pin", 400;
    /// Attendant mode has ended at this kiosk: the PIN is asked again.
    AttendantOver = "attendant-over", 403;
    /// The first administrator is set up already.
    AlreadySetUp = "already-set-up", 409;
    /// The set-up code is wrong.
    SetupCode = "setup-code", 403;
    /// The device is not paired, or was revoked.
    UnknownDevice = "unknown-device", 401;
    /// The pairing code is unknown or too old.
    PairingExpired = "pairing-expired", 410;
    /// There is nothing at this address.
    NotFound = "not-found", 404;
    /// The address does not take this method.
    Method = "method", 405;
    /// The server has too much to do at this moment.
    TooBusy = "too-busy", 503;
    /// The journal could not be written; nothing was done.
    Storage = "storage", 503;
    /// The station that was asked cannot reach the server.
    OutOfTouch = "out-of-touch", 503;
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

/// A refusal on the wire: a problem document (RFC 9457) with the words in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusalBody {
    /// `urn:foleni:refusal:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What to show, in both languages.
    pub title: Text,
    /// For developers, in English: what exactly was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What is booked, where a refusal is about its time: from it a screen can say what to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<BookedVisit>,
}

/// What stands on an appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookedVisit {
    /// What is booked.
    pub service: ServiceId,
    /// For when.
    pub at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_leads_back() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
        }
    }
}
