//! Fees that change on a date: each period checked against the others of its service.

use chrono::NaiveDate;
use protocol::fee::FeePeriod;
use protocol::ticket::Text;
use toml::Spanned;

use super::calendar::read_date;
use super::faults::Fault;
use super::shape::FeeShape;

/// A period with its dates read, and where its first date stands in the text.
struct Read<'a> {
    from: NaiveDate,
    until: NaiveDate,
    shape: &'a FeeShape,
}

/// Returns the periods of a service, the earliest first; what is wrong with them is added to `faults`.
pub fn periods(shapes: &[FeeShape], faults: &mut Vec<Fault>) -> Vec<FeePeriod> {
    let mut read: Vec<Read<'_>> = shapes.iter().filter_map(|shape| one(shape, faults)).collect();
    read.sort_by_key(|period| period.from);
    for pair in read.windows(2) {
        let (first, second) = (&pair[0], &pair[1]);
        if second.from <= first.until {
            let what = format!("the fee from {} holds on a date on which the one from {} holds as well", second.from, first.from);
            faults.push(Fault::at(second.shape.from.span(), what));
        }
    }
    read.iter().map(period).collect()
}

fn one<'a>(shape: &'a FeeShape, faults: &mut Vec<Fault>) -> Option<Read<'a>> {
    if shape.note_en.is_some() != shape.note_sw.is_some() {
        faults.push(Fault::at(shape.from.span(), "the note on this fee is said in one language only"));
    }
    let from = date(&shape.from, faults);
    let until = match &shape.until {
        Some(until) => date(until, faults),
        None => Some(NaiveDate::MAX),
    };
    let (from, until) = (from?, until?);
    if let Some(last) = shape.until.as_ref().filter(|_| until < from) {
        faults.push(Fault::at(last.span(), format!("the fee ends on {until}, before it begins on {from}")));
        return None;
    }
    Some(Read { from, until, shape })
}

fn date(text: &Spanned<String>, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let date = read_date(text.get_ref());
    if date.is_none() {
        faults.push(Fault::at(text.span(), format!("\"{}\" is not a date such as \"2026-10-31\"", text.get_ref())));
    }
    date
}

fn period(read: &Read<'_>) -> FeePeriod {
    let Read { from, shape, .. } = read;
    FeePeriod {
        from: from.to_string(),
        until: shape.until.as_ref().map(|until| until.get_ref().clone()),
        kes: shape.kes,
        note: shape.note_en.clone().zip(shape.note_sw.clone()).map(|(en, sw)| Text { en, sw }),
    }
}
