//! What a centre wants its slips to look like: what stands on them besides what each must say, in which languages, how large.
//!
//! The server checks a template before anybody prints with it, and sends it to stations as part of the catalogue, so that a kiosk
//! prints with the same one also while the server is out of touch.

use serde::{Deserialize, Serialize};

use crate::id::ServiceId;
use crate::ticket::{Language, Text};

/// Lines under the centre's name at most.
pub const HEADER_LINES_MAX: usize = 3;

/// Lines at the end at most.
pub const FOOTER_LINES_MAX: usize = 4;

/// Letters in one such line at most: three lines on narrow paper.
pub const TEMPLATE_LINE_MAX: usize = 60;

/// The widest logo, dots: the width of an 80 mm roll.
pub const LOGO_WIDTH_MAX: u32 = 576;

/// The highest logo, dots: 25 mm.
pub const LOGO_HEIGHT_MAX: u32 = 200;

/// The largest picture of a logo as a file, bytes.
pub const LOGO_BYTES_MAX: usize = 64 * 1024;

/// The look of a centre's slips. What it leaves out is as it always was: every default gives the product's own slip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SlipTemplate {
    /// Lines under the centre's name, such as a building or a floor.
    pub header: Vec<Text>,
    /// Lines at the end, such as an address or hours.
    pub footer: Vec<Text>,
    /// Whether both languages stand on a slip.
    pub languages: SlipLanguages,
    /// The roll in the centre's printers, where a printer's own address does not say another.
    pub paper: PaperWidth,
    /// Which of the parts that can be left out stand on a slip.
    pub fields: SlipFields,
    /// How large the number is.
    pub number_size: NumberSize,
    /// A picture above the centre's name, in place of the product's own mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
}

/// Which languages stand on a slip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlipLanguages {
    /// The chosen one first and bold, the other under it.
    #[default]
    Both,
    /// The one that the citizen chose, alone.
    Chosen,
}

/// How large the number is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberSize {
    /// Read at arm's length.
    #[default]
    Large,
    /// As wide as the paper, and half as high again: read by who sees little.
    ExtraLarge,
}

/// The width of the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperWidth {
    /// 58 mm: 384 dots, 32 letters.
    Mm58,
    /// 80 mm: 576 dots, 48 letters.
    #[default]
    Mm80,
}

impl PaperWidth {
    /// Returns how many dots a row has.
    pub fn dots(self) -> u32 {
        match self {
            PaperWidth::Mm58 => 384,
            PaperWidth::Mm80 => 576,
        }
    }

    /// Returns how many letters of the printer's own font a line has.
    pub fn columns(self) -> usize {
        match self {
            PaperWidth::Mm58 => 32,
            PaperWidth::Mm80 => 48,
        }
    }
}

/// The parts of a slip that a centre may leave out where paper is dear. Number, service, people ahead, wait, fee and that tickets
/// are free are not among them: they are what a slip is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SlipFields {
    /// What to have ready.
    pub documents: bool,
    /// What to have ready in the other language too, where both stand on a slip.
    pub documents_second: bool,
    /// The QR code of the phone page, where the centre has one.
    pub phone_page: bool,
    /// What to do when the number has passed.
    pub if_passed: bool,
    /// Day, date, time and kiosk.
    pub date: bool,
    /// That the paper is to be kept.
    pub keep: bool,
    /// Where to report corruption.
    pub report: bool,
}

impl Default for SlipFields {
    fn default() -> SlipFields {
        SlipFields { documents: true, documents_second: true, phone_page: true, if_passed: true, date: true, keep: true, report: true }
    }
}

/// A black and white PNG in Base64 (RFC 4648, padded).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Logo(pub String);

/// `GET /api/v1/slip-template`: how slips look now, and whether a manager changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownTemplate {
    /// What is printed with.
    pub template: SlipTemplate,
    /// Whether it is one that a manager saved; else it is the one of the centre's file.
    pub saved: bool,
}

/// `POST /api/v1/slip-template/preview`: what a slip would look like with a template that is not saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewSlip {
    /// The template to try.
    pub template: SlipTemplate,
    /// The language that the citizen of the sample chose.
    #[serde(default)]
    pub language: Language,
    /// The service of the sample; without one, what the sample says is used.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Which sample.
    #[serde(default)]
    pub sample: SlipSample,
}

/// Tickets that a manager looks at a template with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlipSample {
    /// An ordinary ticket of a morning.
    #[default]
    Ordinary,
    /// The widest number, the longest wait and, where no service is named, the longest name of the centre.
    Longest,
    /// Several services on one ticket.
    Several,
    /// A booked visit.
    Appointment,
    /// A full hall: its holder waits outside.
    Outside,
    /// Given by a kiosk whose server is away.
    Offline,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_says_nothing_is_the_products_own_slip() {
        let template: SlipTemplate = serde_json::from_str("{}").expect("every field has a default");
        assert_eq!(template, SlipTemplate::default());
        assert!(template.fields.documents && template.fields.phone_page);
        let some: SlipTemplate = serde_json::from_str(r#"{"fields":{"keep":false},"paper":"mm58"}"#).expect("some fields");
        assert_eq!((some.fields.keep, some.fields.date, some.paper), (false, true, PaperWidth::Mm58));
    }
}
