//! What a manager sees is what the printer gets: the preview's dots are the job's dots, whatever the template.

use std::io::Cursor;

use slip::{Cut, PaperSetup, PaperWidth, Rendering, SlipTemplate, SlipWords, sample};

#[test]
fn a_preview_has_the_dots_of_the_job() {
    let words = SlipWords::load();
    for (name, template) in sample::templates() {
        for paper in [PaperWidth::Mm58, PaperWidth::Mm80] {
            let template = SlipTemplate { paper, ..template.clone() };
            for content in sample::all() {
                let job = slip::job(&content, &words, &template, &PaperSetup::default());
                let preview = slip::preview_png(&content, &words, &template);
                let (width, dots) = png_dots(&preview);
                assert_eq!(width, paper.dots(), "{name}");
                assert!(dots == raster_dots(&job, paper), "{} {name} on {paper:?}", content.number);
            }
        }
    }
}

#[test]
fn the_printers_own_paper_goes_before_the_templates() {
    let (content, words) = (sample::birth(), SlipWords::load());
    let narrow = SlipTemplate { paper: PaperWidth::Mm58, ..SlipTemplate::default() };
    let setup = PaperSetup { width: Some(PaperWidth::Mm80), ..PaperSetup::default() };
    let wide = slip::job(&content, &words, &SlipTemplate::default(), &PaperSetup::default());
    assert_eq!(slip::job(&content, &words, &narrow, &setup), wide);
    assert_ne!(slip::job(&content, &words, &narrow, &PaperSetup::default()), wide);
}

#[test]
fn every_template_types_too_and_ends_as_the_printer_wants() {
    let words = SlipWords::load();
    for (name, template) in sample::templates() {
        for paper in [PaperWidth::Mm58, PaperWidth::Mm80] {
            for content in sample::all() {
                let template = SlipTemplate { paper, ..template.clone() };
                let setup = PaperSetup { rendering: Rendering::Text, cut: Cut::Full, ..PaperSetup::default() };
                let job = slip::job(&content, &words, &template, &setup);
                let drawn = slip::job(&content, &words, &template, &PaperSetup { cut: Cut::Full, ..PaperSetup::default() });
                assert!(job.starts_with(&[0x1b, b'@']) && job.ends_with(&[0x1d, b'V', 65, 0]), "{name}");
                assert!(job.len() < drawn.len() / 2, "{name}: {} bytes typed, {} drawn", job.len(), drawn.len());
            }
        }
    }
}

/// Reads the pictures of a job as a printer does: `ESC @`, then bands of `GS v 0`, then the cut.
fn raster_dots(job: &[u8], paper: PaperWidth) -> Vec<u8> {
    let mut rest = job.strip_prefix(&[0x1b, b'@']).expect("a reset first");
    let mut dots = Vec::new();
    while let Some(band) = rest.strip_prefix(&[0x1d, b'v', b'0', 0]) {
        let (row, rows) = (usize::from(u16::from_le_bytes([band[0], band[1]])), usize::from(u16::from_le_bytes([band[2], band[3]])));
        assert_eq!(row * 8, paper.dots() as usize);
        dots.extend_from_slice(&band[4..4 + row * rows]);
        rest = &band[4 + row * rows..];
    }
    assert_eq!(rest, [0x1d, b'V', 66, 0], "only the cut is left");
    dots
}

/// Reads a PNG of one bit with the decoder alone; on paper one is black, in the file one is white.
fn png_dots(file: &[u8]) -> (u32, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(file)).read_info().expect("a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("it fits")];
    let frame = reader.next_frame(&mut dots).expect("whole");
    assert_eq!(frame.bit_depth, png::BitDepth::One);
    (frame.width, dots.iter().map(|byte| !byte).collect())
}
