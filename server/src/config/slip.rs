//! How a centre's file says that slips look.

use std::path::Path;

use protocol::template::{FOOTER_LINES_MAX, HEADER_LINES_MAX, LOGO_BYTES_MAX, Logo, NumberSize, SlipFields, SlipLanguages, SlipTemplate};
use protocol::ticket::Text;
use toml::Spanned;

use super::build::Builder;

impl Builder<'_> {
    /// Returns the template of the centre's file; `folder` is where that file is.
    pub(super) fn slip_template(&mut self, paper: slip::PaperWidth, folder: &Path) -> SlipTemplate {
        let shape = &self.centre.slip;
        SlipTemplate {
            header: self.slip_lines(&shape.header, HEADER_LINES_MAX),
            footer: self.slip_lines(&shape.footer, FOOTER_LINES_MAX),
            languages: self.slip_choice(shape.languages.as_ref(), [("both", SlipLanguages::Both), ("chosen", SlipLanguages::Chosen)]),
            paper,
            fields: self.slip_fields(&shape.leave_out),
            number_size: self.slip_choice(shape.number.as_ref(), [("large", NumberSize::Large), ("extra-large", NumberSize::ExtraLarge)]),
            logo: shape.logo.as_ref().filter(|path| !path.get_ref().is_empty()).and_then(|path| self.slip_logo(path, folder)),
        }
    }

    fn slip_lines(&mut self, lines: &[Spanned<Text>], at_most: usize) -> Vec<Text> {
        if let Some(beyond) = lines.get(at_most) {
            self.fault(beyond.span(), format!("{} lines; at most {at_most} fit on a slip", lines.len()));
        }
        let mut good = Vec::new();
        for line in lines.iter().take(at_most) {
            match slip::checked_lines(std::slice::from_ref(line.get_ref()), 1) {
                Ok(checked) => good.extend(checked),
                Err(bad) => self.fault(line.span(), bad.to_string()),
            }
        }
        good
    }

    fn slip_choice<T: Copy + Default, const N: usize>(&mut self, word: Option<&Spanned<String>>, choices: [(&str, T); N]) -> T {
        let Some(word) = word else { return T::default() };
        match choices.iter().find(|(name, _)| name == word.get_ref()) {
            Some((_, choice)) => *choice,
            None => {
                let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                self.fault(word.span(), format!("\"{}\" is not one of {}", word.get_ref(), names.join(", ")));
                T::default()
            }
        }
    }

    fn slip_fields(&mut self, leave_out: &[Spanned<String>]) -> SlipFields {
        let mut fields = SlipFields::default();
        for name in leave_out {
            let field = match name.get_ref().as_str() {
                "documents" => &mut fields.documents,
                "documents-second" => &mut fields.documents_second,
                "phone-page" => &mut fields.phone_page,
                "if-passed" => &mut fields.if_passed,
                "date" => &mut fields.date,
                "keep" => &mut fields.keep,
                "report" => &mut fields.report,
                other => {
                    const CAN: &str = "documents, documents-second, phone-page, if-passed, date, keep and report can";
                    self.fault(name.span(), format!("\"{other}\" cannot be left out of a slip; {CAN}"));
                    continue;
                }
            };
            *field = false;
        }
        fields
    }

    /// Reads no more of the file than a logo can have, however large it is.
    fn slip_logo(&mut self, path: &Spanned<String>, folder: &Path) -> Option<Logo> {
        let file = folder.join(path.get_ref());
        let read = std::fs::File::open(&file).and_then(|file| {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::Read::take(file, LOGO_BYTES_MAX as u64 + 1), &mut bytes)?;
            Ok(bytes)
        });
        let logo = match read {
            Ok(bytes) => slip::logo_from_png(&bytes).map_err(|bad| bad.to_string()),
            Err(error) => Err(format!("the logo {} cannot be read: {error}", file.display())),
        };
        logo.map_err(|what| self.fault(path.span(), what)).ok()
    }
}

#[cfg(test)]
mod tests {
    use protocol::template::PaperWidth;

    use super::super::{CentreConfig, ConfigError, parse};
    use super::*;

    #[test]
    fn a_centre_that_says_nothing_has_the_products_own_slip() {
        let template = read("").expect("a good centre").catalogue.slip;
        assert_eq!(template, SlipTemplate::default());
    }

    #[test]
    fn every_setting_of_a_slip_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("logo.png"), picture(320, 100)).expect("writes");
        let lines = r#"
header = [{ en = "Ground floor", sw = "Ghorofa ya chini" }]
footer = [{ en = "Open 8 to 5", sw = "Wazi 8 hadi 5" }, { en = "hudumakenya.go.ke", sw = "hudumakenya.go.ke" }]
languages = "chosen"
number = "extra-large"
leave_out = ["documents-second", "keep"]
logo = "logo.png"
"#;
        let name = folder.path().join("here.toml");
        let template = parse(&name.display().to_string(), &centre(lines)).unwrap_or_else(|error| panic!("{error}")).catalogue.slip;
        assert_eq!((template.header.len(), template.footer.len()), (1, 2));
        assert_eq!((template.languages, template.number_size), (SlipLanguages::Chosen, NumberSize::ExtraLarge));
        assert_eq!(template.fields, SlipFields { documents_second: false, keep: false, ..SlipFields::default() });
        assert_eq!(template.paper, PaperWidth::Mm80);
        assert!(template.logo.is_some());
    }

    #[test]
    fn what_is_wrong_with_a_slip_is_told_with_its_line_and_column() {
        let long = "a".repeat(61);
        for (line, told) in [
            ("header = [1]".to_owned(), "invalid type"),
            (format!("header = [{{ en = \"{long}\", sw = \"\" }}]"), "61 letters"),
            ("footer = [{ en = \"Huduma 中心\", sw = \"\" }]".to_owned(), "中 心"),
            (format!("header = [{}]", "{ en = \"a\", sw = \"b\" }, ".repeat(4)), "4 lines; at most 3"),
            ("languages = \"english\"".to_owned(), "\"both\", \"chosen\""),
            ("number = \"huge\"".to_owned(), "\"large\", \"extra-large\""),
            ("leave_out = [\"fee\"]".to_owned(), "cannot be left out"),
            ("logo = \"nowhere.png\"".to_owned(), "nowhere.png cannot be read"),
            (format!("logo = \"{}/src/config/slip.rs\"", env!("CARGO_MANIFEST_DIR")), "not a PNG"),
        ] {
            let error = read(&line).expect_err(&line);
            assert!(error.to_string().contains(told), "{line}: {error}");
            let text = centre(&line);
            let (row, column) = error.faults()[0].place(&text);
            assert_eq!(text.lines().nth(row - 1), Some(line.as_str()), "{error}");
            assert!(column > 1, "{error}");
        }
    }

    fn read(lines: &str) -> Result<CentreConfig, ConfigError> {
        parse("here.toml", &centre(lines))
    }

    fn centre(lines: &str) -> String {
        let kirinyaga = assets::centre("kirinyaga").expect("an example").into_owned();
        assert!(kirinyaga.contains("[slip]\n"));
        kirinyaga.replacen("[slip]\n", &format!("[slip]\n{lines}\n"), 1)
    }

    fn picture(width: u32, height: u32) -> Vec<u8> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(slip::sample::logo(width, height).0).expect("our own")
    }
}
