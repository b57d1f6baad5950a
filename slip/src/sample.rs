//! Slips and templates to look at and to test with: an ordinary one, the longest one, one from a kiosk that is alone, and one of a booked visit
//! that passes through two services and begins outside a full hall.

use protocol::template::{Logo, NumberSize, PaperWidth, SlipFields, SlipLanguages, SlipTemplate};
use protocol::ticket::{Language, Text, TicketNumber, WaitRange};

use crate::canvas::{Canvas, Ink};
use crate::preview;
use crate::{SlipContent, SlipFee};

/// Returns every sample.
pub fn all() -> Vec<SlipContent> {
    vec![birth(), longest(), alone(), plain(), journey()]
}

/// A birth certificate in Mombasa, in Kiswahili.
pub fn birth() -> SlipContent {
    let mut content = content("L054", "Birth certificate (within 6 months)", "Cheti cha kuzaliwa (ndani ya miezi 6)");
    content.group = "CRS".into();
    content.ahead = Some(12);
    content.wait = Some(WaitRange { from_minutes: 20, to_minutes: 30 });
    content.fee = SlipFee::Kes(200);
    content.documents = vec![
        both("Birth notification slip", "Karatasi ya arifa ya kuzaliwa"),
        both("Copies of both parents' IDs", "Nakala za vitambulisho vya wazazi wote"),
    ];
    content
}

/// The widest number, the longest wait and the longest name, with priority.
pub fn longest() -> SlipContent {
    let mut content = content("W888", "National ID: duplicate (lost or damaged)", "Kitambulisho: nakala ya kilichopotea/kuharibika");
    content.centre = "Murang'a - Kangema".into();
    content.group = "NRB".into();
    content.priority = true;
    content.ahead = Some(1088);
    content.wait = Some(WaitRange { from_minutes: 75, to_minutes: 105 });
    content.fee = SlipFee::Kes(13_050);
    content.documents = vec![
        both("Police abstract (lost) or damaged card", "Ripoti ya polisi (kilichopotea) au kitambulisho kilichoharibika"),
        both("ID number or copy", "Nambari au nakala ya kitambulisho"),
        both("Birth certificate (original + copy)", "Cheti cha kuzaliwa (asili na nakala)"),
        both("Chief's letter where asked", "Barua ya chifu inapohitajika"),
    ];
    content.note = Some(both("Photo and fingerprints: hall 2, first floor.", "Picha na alama za vidole: ukumbi wa 2, ghorofa ya kwanza."));
    content
}

/// Issued by a kiosk that has lost its server: no place, no wait, no phone page.
pub fn alone() -> SlipContent {
    let mut content =
        content("Z901", "KRA PIN: retrieve, update or change e-mail", "PIN ya KRA: kupata, kusasisha au kubadilisha barua pepe");
    content.group = "KRA".into();
    content.language = Language::En;
    content.fee = SlipFee::Free;
    content.documents = vec![both("National ID", "Kitambulisho"), both("New e-mail", "Barua pepe mpya")];
    content.offline = true;
    content.phone_page = None;
    content
}

/// No documents, no fee known, nobody ahead.
pub fn plain() -> SlipContent {
    let mut content = content("J001", "Customer Care", "Huduma kwa Wateja");
    content.language = Language::En;
    content.ahead = Some(0);
    content.wait = Some(WaitRange { from_minutes: 0, to_minutes: 4 });
    content
}

/// A booked visit of two services, begun while the hall is full.
pub fn journey() -> SlipContent {
    let mut content = content("G017", "Social Health Authority: register", "Mamlaka ya Afya ya Jamii: kujisajili");
    content.group = "SHA".into();
    content.booked = Some("11:30".into());
    content.then = vec![
        both("Police abstract (lost or stolen item)", "Ripoti ya polisi (kitu kilichopotea au kuibwa)"),
        both("KRA PIN registration", "Kujisajili PIN ya KRA"),
    ];
    content.outside = true;
    content.ahead = Some(3);
    content.wait = Some(WaitRange { from_minutes: 5, to_minutes: 15 });
    content.fee = SlipFee::Free;
    content.documents = vec![
        both("National ID", "Kitambulisho"),
        both("Birth certificates of children", "Vyeti vya kuzaliwa vya watoto"),
        both("Lost item details", "Maelezo ya kitu kilichopotea"),
    ];
    content
}

/// Returns templates that between them use every setting, with names for files.
pub fn templates() -> Vec<(&'static str, SlipTemplate)> {
    vec![("usual", SlipTemplate::default()), ("dressed", dressed()), ("short", short()), ("names", names())]
}

/// All that a centre can add: a logo, lines at both ends, the largest number.
pub fn dressed() -> SlipTemplate {
    SlipTemplate {
        header: vec![both("Treasury Square, ground floor", "Treasury Square, ghorofa ya chini")],
        footer: vec![both("Open 08:00-17:00", "Wazi 08:00-17:00"), both("hudumakenya.go.ke", "hudumakenya.go.ke")],
        number_size: NumberSize::ExtraLarge,
        logo: Some(logo(320, 120)),
        ..SlipTemplate::default()
    }
}

/// What a centre prints where paper is dear: one language, narrow paper, nothing that can be left out.
pub fn short() -> SlipTemplate {
    let fields =
        SlipFields { documents: true, documents_second: false, phone_page: false, if_passed: true, date: true, keep: false, report: false };
    SlipTemplate { languages: SlipLanguages::Chosen, paper: PaperWidth::Mm58, fields, ..SlipTemplate::default() }
}

/// Names with letters that few printers have.
pub fn names() -> SlipTemplate {
    SlipTemplate {
        header: vec![both("Gĩthũngũri · Kĩambu", "Gĩthũngũri · Kĩambu"), both("دار السلام", "دار السلام")],
        footer: vec![both("Café Łódź, Ελλάδα, Москва", "Café Łódź, Ελλάδα, Москва")],
        ..SlipTemplate::default()
    }
}

/// A picture that is nobody's: a ring with steps in it.
pub fn logo(width: u32, height: u32) -> Logo {
    let (wide, high) = (width as i32, height as i32);
    let mut canvas = Canvas::new(width.next_multiple_of(8));
    canvas.disc((wide - high) / 2, 0, high, Ink::Black);
    canvas.disc((wide - high) / 2 + 8, 8, high - 16, Ink::White);
    for step in 0..4 {
        let (left, top) = ((wide - high) / 2 + high / 5 + step * high * 3 / 20, high * 7 / 10 - step * high / 8);
        canvas.fill(left, top, high / 10, high * 3 / 4 - top, Ink::Black);
    }
    canvas.fill(0, high / 2 - 4, (wide - high) / 2 - 16, 8, Ink::Black);
    canvas.fill((wide + high) / 2 + 16, high / 2 - 4, (wide - high) / 2 - 16, 8, Ink::Black);
    canvas.reach(high);
    crate::logo_from_png(&preview::png(&canvas)).expect("it is our own")
}

fn content(number: &str, en: &str, sw: &str) -> SlipContent {
    let number: TicketNumber = number.parse().expect("the samples' numbers are right");
    let mut content = SlipContent::new("Mombasa", number, both(en, sw));
    content.date = "24.11.2026".into();
    content.time = "11:24".into();
    content.weekday = both("Tuesday", "Jumanne");
    content.kiosk = "K2".into();
    content.phone_page = Some("http://foleni.local/t/L054-7Q2M9XKD".into());
    content
}

fn both(en: &str, sw: &str) -> Text {
    Text { en: en.into(), sw: sw.into() }
}
