use protocol::Language;
use protocol::offline::NumberBlock;

use super::*;

#[test]
fn what_was_entered_is_there_after_a_restart_and_no_number_twice() {
    let desk = Desk::new();
    let mut given = BTreeSet::new();
    for touch in 0..5 {
        // A new start each time.
        let mut book = desk.open();
        assert!(given.insert(desk.give(&mut book, touch).expect("a number is left")));
    }
    assert_eq!(desk.give(&mut desk.open(), 9), None, "the block is used up");
    let mut book = desk.open();
    let open: Vec<String> = book.open_tickets().map(|ticket| ticket.ask.request.to_string()).collect();
    assert_eq!(open, ["r0", "r1", "r2", "r3", "r4"], "in the order in which they were given");
    book.settle(0, true).expect("writes");
    assert_eq!(desk.open().open_tickets().count(), 4);
    assert_eq!(desk.open().of_request(&request(0)).map(|ticket| ticket.number), given.first().copied());
}

#[test]
fn a_slot_that_was_cut_off_was_given_to_nobody() {
    for cut in [1, 3, 20, 100, 200] {
        let desk = Desk::new();
        let first = desk.give(&mut desk.open(), 0);
        let mut book = desk.open();
        let lost = desk.give(&mut book, 1);
        // The power fails in the middle of the write: the rest of the slot is as it was.
        let mut slot = vec![0; TICKET_BYTES];
        book.file.read_exact_at(&mut slot, place_of(1)).expect("reads");
        slot[cut..].fill(0);
        book.file.write_all_at(&slot, place_of(1)).expect("writes");
        let mut book = desk.open();
        assert_eq!(book.kept().book, desk.open().kept().book, "the book goes on");
        assert_eq!(desk.give(&mut book, 2), lost, "nothing of it was printed");
        assert_ne!(first, lost);
        assert_eq!(desk.open().open_tickets().count(), 2);
    }
}

#[test]
fn a_book_that_is_damaged_elsewhere_gives_nothing_that_it_held() {
    let desk = Desk::new();
    (0..3).for_each(|touch| assert!(desk.give(&mut desk.open(), touch).is_some()));
    let book = desk.open();
    let before = book.kept().book;
    book.file.write_all_at(b"worms", place_of(1) + 40).expect("writes");
    let mut book = desk.open();
    assert_ne!(book.kept().book, before);
    assert_eq!(desk.give(&mut book, 7), None, "nobody knows which of its numbers are out");
    assert_eq!(book.open_tickets().count(), 2, "what can be read is handed over all the same");
}

#[test]
fn the_word_before_holds_when_the_later_one_was_cut_off() {
    let desk = Desk::new();
    let book = desk.open();
    let place = (book.kept().version % 2) * KEPT_BYTES as u64;
    let number = book.kept().book;
    book.file.write_all_at(&[7; 64], place).expect("writes");
    assert_eq!(desk.open().kept().book, number);
}

#[test]
fn a_slot_is_written_over_only_when_nobody_wants_it() {
    let desk = Desk::new();
    let mut book = desk.open();
    desk.give(&mut book, 0).expect("a number");
    for touch in 1..SLOTS {
        let told = Ticket { by: By::Server, ..ticket("K900".parse().expect("a number"), touch) };
        book.enter(told).expect("what the server knows may go");
    }
    book.settle(0, true).expect("writes");
    book.enter(ticket("K999".parse().expect("a number"), 5_000)).expect("one that is wanted stands in nobody's way");
    assert!(book.of_request(&request(0)).is_some() && book.of_request(&request(1)).is_none(), "its number is still in hand");
    desk.reserve(&mut book, 996);
    for touch in 0..SLOTS {
        let given = book.enter(ticket("K999".parse().expect("a number"), 6_000 + touch));
        assert_eq!(given.map_err(|error| error.kind()), if touch == SLOTS - 1 { Err(io::ErrorKind::StorageFull) } else { Ok(()) });
    }
    assert!(book.of_request(&request(0)).is_none());
    let open = book.open_tickets().count() as u64;
    let mut book = desk.open();
    assert_eq!(book.open_tickets().count() as u64, open);
    let first = book.open_tickets().next().expect("open").serial;
    book.settle(first, true).expect("writes");
    book.enter(ticket("K998".parse().expect("a number"), 9_000)).expect("there is room");
}

#[test]
fn a_book_that_was_damaged_once_is_begun_anew_once() {
    let desk = Desk::new();
    (0..3).for_each(|touch| assert!(desk.give(&mut desk.open(), touch).is_some()));
    let book = desk.open();
    let before = book.kept().book;
    book.file.write_all_at(b"worms", place_of(1) + 40).expect("writes");
    let anew = desk.open().kept().book;
    assert_ne!(anew, before);
    assert_eq!(desk.open().kept().book, anew, "each new book takes numbers from all others");
}

#[test]
fn a_book_that_lost_its_end_tells_what_is_left() {
    let desk = Desk::new();
    (0..3).for_each(|touch| assert!(desk.give(&mut desk.open(), touch).is_some()));
    let before = desk.open().kept().book;
    let file = File::options().write(true).open(desk.path()).expect("opens");
    file.set_len(place_of(2)).expect("cuts");
    let mut book = desk.open();
    assert_eq!(book.open_tickets().count(), 2, "what can be read is handed over");
    assert_ne!(book.kept().book, before);
    assert_eq!(desk.give(&mut book, 7), None, "nobody knows which of its numbers are out");
    assert_eq!(desk.open().kept().book, book.kept().book);
}

#[test]
fn a_book_that_cannot_be_begun_asks_for_no_numbers() {
    let desk = Desk::new();
    let mut book = desk.open();
    book.file.write_all_at(&[7; KEPT_BYTES], 0).and_then(|()| book.file.write_all_at(&[7; KEPT_BYTES], KEPT_BYTES as u64)).expect("writes");
    let broken = File::open(desk.path()).expect("opens");
    let whole = std::mem::replace(&mut book.file, broken);
    (book.tickets, book.begun) = (Vec::new(), false);
    book.read().expect("reads");
    assert!(book.begin().is_err());
    book.file = whole;
    book.begin().expect("begins when it can");
    assert_eq!(desk.open().kept().book, book.kept().book);
}

#[test]
fn numbers_that_lie_scattered_fit_into_the_book() {
    let desk = Desk::new();
    let scattered =
        "JKLGVDSZQ".chars().flat_map(|letter| (500..999).step_by(2).map(move |number| NumberBlock { letter, first: number, last: number }));
    let numbers = ReservedNumbers { date: "2026-11-24".into(), numbers: scattered.collect(), ..ReservedNumbers::default() };
    let mut book = desk.open();
    book.keep(Kept { numbers: Some(numbers.clone()), ..book.kept().clone() }).expect("writes");
    assert_eq!(desk.open().kept().numbers, Some(numbers));
}

#[test]
fn a_full_disk_does_not_stop_a_book_that_was_made() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::new();
    let known = std::fs::metadata(desk.path()).expect("a file");
    assert!(known.blocks() * 512 >= FILE_BYTES, "every block is the file's own: {} of {FILE_BYTES}", known.blocks() * 512);
    let before = known.len();
    let mut book = desk.open();
    for touch in 0..5 {
        desk.give(&mut book, touch).expect("a number");
        book.settle(touch, true).expect("writes");
    }
    assert_eq!(std::fs::metadata(desk.path()).expect("a file").len(), before, "it never grows");
}

#[test]
fn on_a_disk_that_is_full_the_book_goes_on_and_none_is_begun() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let path = disk.path().join("numbers.book");
    let desk = |book: &mut Book, touch| {
        let number = book.free('K').next().expect("a number is left");
        book.enter(ticket(number, touch)).map(|()| number)
    };
    let mut book = Book::open(&path).expect("there is room");
    let numbers = vec![NumberBlock { letter: 'K', first: 995, last: 999 }];
    let numbers = ReservedNumbers { date: "2026-11-24".into(), numbers, ..ReservedNumbers::default() };
    book.keep(Kept { numbers: Some(numbers), ..book.kept().clone() }).expect("writes");
    disk.fill();
    let given: Vec<TicketNumber> = (0..5).map(|touch| desk(&mut book, touch).expect("nothing new is needed of the disk")).collect();
    (0..3).for_each(|serial| book.settle(serial, true).expect("writes"));
    let again = Book::open(&path).expect("opens");
    assert_eq!(again.kept(), book.kept());
    let open: Vec<TicketNumber> = again.open_tickets().map(|ticket| ticket.number).collect();
    assert_eq!(open, given[3..], "each is on the disk once");
    assert_eq!(again.free('K').next(), None, "and none of them is given again");
    let other = disk.path().join("other.book");
    assert!(Book::open(&other).is_err(), "a kiosk without a book gives nothing by itself");
    assert!(!other.exists(), "and leaves no part of one behind");
}

#[test]
fn a_write_that_fails_gives_no_number() {
    let desk = Desk::new();
    let mut book = desk.open();
    // A file that cannot be written stands for a disk that is broken.
    let broken = File::open(desk.path()).expect("opens");
    let whole = std::mem::replace(&mut book.file, broken);
    assert_eq!(desk.give(&mut book, 0), None);
    book.file = whole;
    assert_eq!(desk.give(&mut book, 1), Some("K996".parse().expect("a number")), "nobody knows what is on the disk of K995");
}

/// A file system of its own; where the system lets nobody mount one, there is nothing to try it on.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().expect("a folder");
        let mount =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path()).output();
        let mounted = mount.is_ok_and(|mounted| mounted.status.success());
        if !mounted {
            warn!("not tried: nobody here may mount a file system");
        }
        mounted.then(|| SmallDisk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn fill(&self) {
        let mut file = File::create(self.path().join("filler")).expect("a file");
        let full = loop {
            if let Err(error) = io::Write::write_all(&mut file, &[1; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.path()).status();
    }
}

/// A folder with a book that holds K995 to K999.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().expect("a folder"));
        desk.reserve(&mut desk.open(), 995);
        desk
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("numbers.book")
    }

    fn open(&self) -> Book {
        Book::open(&self.path()).expect("opens")
    }

    fn reserve(&self, book: &mut Book, first: u16) {
        let numbers = vec![NumberBlock { letter: 'K', first, last: if first == 995 { 999 } else { 998 } }];
        let numbers = ReservedNumbers { date: "2026-11-24".into(), numbers, ..ReservedNumbers::default() };
        book.keep(Kept { numbers: Some(numbers), ..book.kept().clone() }).expect("writes");
    }

    fn give(&self, book: &mut Book, touch: u64) -> Option<TicketNumber> {
        let number = book.free('K').next()?;
        book.enter(ticket(number, touch)).ok()?;
        Some(number)
    }
}

fn request(touch: u64) -> RequestId {
    RequestId::new(&format!("r{touch}")).expect("an id")
}

fn ticket(number: TicketNumber, touch: u64) -> Ticket {
    let service = ServiceId::new("nrb-id-new").expect("an id");
    let ask = IssueTicket {
        request: request(touch),
        service,
        class: protocol::Class::Standard,
        language: Language::Sw,
        then: Vec::new(),
        booked_at: None,
    };
    let look = Look { boot: "one".into(), counted: 5, wall: Time(5) };
    Ticket { serial: 0, ask, number, date: "2026-11-24".into(), by: By::Kiosk, at: Time(7), timed: true, look }
}
