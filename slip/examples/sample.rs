//! Writes every sample slip to a folder, as the bytes for a printer and as pictures:
//! `cargo run -p slip --example sample -- FOLDER`.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use slip::{PaperSetup, PaperWidth, Rendering, SlipWords, sample};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "slips".into()));
    fs::create_dir_all(&folder)?;
    let words = SlipWords::load();
    for content in sample::all() {
        for (mm, width) in [(58, PaperWidth::Mm58), (80, PaperWidth::Mm80)] {
            let name = format!("{}-{mm}", content.number);
            let start = Instant::now();
            let picture = slip::job(&content, &words, &PaperSetup { width, ..PaperSetup::default() });
            println!("{name}: {} bytes in {:?}", picture.len(), start.elapsed());
            fs::write(folder.join(format!("{name}-image.bin")), picture)?;
            fs::write(folder.join(format!("{name}.png")), slip::preview_png(&content, &words, width))?;
            let setup = PaperSetup { width, rendering: Rendering::Text, ..PaperSetup::default() };
            fs::write(folder.join(format!("{name}-text.bin")), slip::job(&content, &words, &setup))?;
        }
    }
    Ok(())
}
