//! Writes sample slips to a folder, as the bytes for a printer and as pictures: every ticket on the usual slip, and two of them on every
//! other template in both languages. `cargo run -p slip --example sample -- FOLDER [--pictures]`; with `--pictures` nothing but the
//! pictures that stand in `docs/slips`.
//!
//! A file is called after the ticket, the paper, the template and the language.

use std::fs;
use std::path::PathBuf;

use protocol::Language;
use slip::{PaperSetup, PaperWidth, Rendering, SlipContent, SlipTemplate, SlipWords, sample};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "slips".into()));
    let pictures_only = arguments.next().is_some_and(|argument| argument == "--pictures");
    fs::create_dir_all(&folder)?;
    let words = SlipWords::load();
    for (name, content, template) in slips() {
        fs::write(folder.join(format!("{name}.png")), slip::preview_png(&content, &words, &template))?;
        for (suffix, rendering) in [("image", Rendering::Image), ("text", Rendering::Text)] {
            if !pictures_only {
                let setup = PaperSetup { rendering, ..PaperSetup::default() };
                fs::write(folder.join(format!("{name}-{suffix}.bin")), slip::job(&content, &words, &template, &setup))?;
            }
        }
    }
    Ok(())
}

/// Returns every slip with its name.
fn slips() -> Vec<(String, SlipContent, SlipTemplate)> {
    let usual = sample::all().into_iter().map(|content| ("usual", SlipTemplate::default(), content));
    let two = [sample::birth(), sample::longest()];
    let others = sample::templates().into_iter().flat_map(|(name, template)| {
        let tickets = two.iter().flat_map(|content| Language::ALL.map(|language| SlipContent { language, ..content.clone() }));
        tickets.map(|content| (name, template.clone(), content)).collect::<Vec<_>>()
    });
    let mut slips = Vec::new();
    for (name, template, content) in usual.chain(others) {
        for (mm, paper) in [(58, PaperWidth::Mm58), (80, PaperWidth::Mm80)] {
            let name = format!("{}-{mm}-{name}-{}", content.number, content.language.tag());
            slips.push((name, content.clone(), SlipTemplate { paper, ..template.clone() }));
        }
    }
    slips
}
