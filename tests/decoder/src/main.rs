//! Reads a slip's bytes back with a decoder that we did not write: as text, as a picture, and as a check that nothing in
//! them is unknown to it.

use std::process::ExitCode;

use hardless_escpos::Node;
use hardless_render::{PaperWidth, RenderOptions, render_png, to_text_with};

const USAGE: &str = "usage: slip-decoder FILE [--paper 80|58] --text | --png OUT | --check";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("could not {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), String> {
    let mut file = None;
    let mut options = RenderOptions::default();
    let mut acts = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--paper" => options.paper = paper(arguments.next())?,
            "--text" => acts.push(Act::Text),
            "--png" => acts.push(Act::Png(arguments.next().ok_or(USAGE)?)),
            "--check" => acts.push(Act::Check),
            _ => file = Some(argument),
        }
    }
    let file = file.filter(|_| !acts.is_empty()).ok_or(USAGE)?;
    let bytes = std::fs::read(&file).map_err(|error| format!("read {file}: {error}"))?;
    let nodes = join_bands(hardless_escpos::parse(&bytes));
    acts.into_iter().try_for_each(|act| act.carry_out(&nodes, &options))
}

fn paper(width: Option<String>) -> Result<PaperWidth, String> {
    match width.as_deref() {
        Some("58") => Ok(PaperWidth::Mm58),
        Some("80") => Ok(PaperWidth::Mm80),
        _ => Err(USAGE.to_owned()),
    }
}

/// Puts the bands of a picture together: the renderer leaves room around each, as if it were a picture of its own, where
/// paper leaves none.
fn join_bands(nodes: Vec<Node>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for node in nodes {
        if let (
            Some(Node::RasterImage { width_bytes: width, height, data, .. }),
            Node::RasterImage { width_bytes: next_width, height: next_height, data: next_data, .. },
        ) = (joined.last_mut(), &node)
            && width == next_width
        {
            *height += next_height;
            data.extend_from_slice(next_data);
            continue;
        }
        joined.push(node);
    }
    joined
}

enum Act {
    Text,
    Png(String),
    Check,
}

impl Act {
    fn carry_out(&self, nodes: &[Node], options: &RenderOptions) -> Result<(), String> {
        match self {
            Act::Text => {
                println!("{}", to_text_with(nodes, options));
                Ok(())
            }
            Act::Png(path) => {
                let png = render_png(nodes, options).map_err(|error| format!("draw: {error:?}"))?;
                std::fs::write(path, png).map_err(|error| format!("write {path}: {error}"))
            }
            Act::Check => check(nodes),
        }
    }
}

/// A slip begins with one reset, ends with one cut, and holds nothing that the decoder does not know.
fn check(nodes: &[Node]) -> Result<(), String> {
    let strange: Vec<String> = nodes.iter().filter(|node| matches!(node, Node::Unknown { .. })).map(|node| format!("{node:?}")).collect();
    if !strange.is_empty() {
        return Err(format!("understand {}", strange.join(", ")));
    }
    let count = |wanted: fn(&Node) -> bool| nodes.iter().filter(|node| wanted(node)).count();
    let resets = count(|node| matches!(node, Node::Init));
    let cuts = count(|node| matches!(node, Node::Cut { .. }));
    let questions = count(|node| matches!(node, Node::Status { .. }));
    if (resets, cuts, questions) != (1, 1, 0) || !matches!(nodes, [Node::Init, .., Node::Cut { .. }]) {
        return Err(format!("accept {resets} resets, {cuts} cuts and {questions} questions in one slip"));
    }
    Ok(())
}
