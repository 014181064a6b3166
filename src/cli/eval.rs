//! `foreword eval FILE…`: types files as a simulated typist and counts the keystrokes.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, ensure};
use clap::ValueEnum as _;

use super::args::Component;
use super::command::{EvalOptions, EvalReport, EvalRequest};
use super::context::Context;
use super::engine;
use super::file::read_file;
use super::output::Printer;
use super::progress::Progress;
use crate::runtime::workers::stored_models::read_words;
use learn::corpus::{self, clean};
use learn::retrain::learn_words;

/// Evaluates and prints the figures.
pub(super) fn run<W: Write>(
    context: &Context,
    request: &EvalRequest,
    printer: &mut Printer<W>,
) -> anyhow::Result<()> {
    let mut texts = request
        .files
        .iter()
        .map(|path| read_text(path.as_path()))
        .collect::<anyhow::Result<Vec<String>>>()?;
    let bytes = context.models.load(&request.model)?;
    let model =
        engine::read_model(&bytes).with_context(|| format!("model {} cannot be used", request.model))?;
    let personal = if request.learn.is_empty() {
        read_words(&context.models, &request.model).map_err(anyhow::Error::msg)?
    } else {
        let mut split = corpus::split::by_document(corpus::walk::read(&request.learn)?.documents);
        if texts.is_empty() {
            texts = split.held_out.into_iter().map(|document| document.text).collect();
            ensure!(!texts.is_empty(), "there is too little text to hold any out; name files to type, too");
        } else {
            split.train.extend(split.held_out);
        }
        learn_words(&model, &corpus::Split { held_out: Vec::new(), ..split })
    };
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut progress = Progress::new();
    let mut evaluate = |components: &[Component]| {
        let options = EvalOptions { components: components.to_vec(), ..request.options.clone() };
        let status = format!("typing with model {} ({})", request.model, names(components));
        engine::evaluate(context, &model, &personal, &texts, &options, &mut |share| {
            progress.show(share, &status);
        })
    };
    if request.report == EvalReport::Ablation {
        let rows: Vec<_> =
            ABLATION.iter().map(|&components| (names(components), evaluate(components))).collect();
        progress.finish();
        printer.ablation(&rows)?;
    } else {
        let evaluation = evaluate(&request.options.components);
        progress.finish();
        printer.evaluation(&evaluation, request.report == EvalReport::Reliability)?;
    }
    Ok(())
}

/// The rows of an ablation: each component alone, two, all.
const ABLATION: [&[Component]; 7] = {
    use Component::{Background, Lstm, Ngram, Recency};
    [
        &[Lstm],
        &[Background],
        &[Ngram],
        &[Recency],
        &[Lstm, Background],
        &[Lstm, Ngram],
        &[Lstm, Ngram, Recency],
    ]
};

/// Components as they are given on the command line.
fn names(components: &[Component]) -> String {
    let names = components.iter().filter_map(Component::to_possible_value);
    names.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(",")
}

/// A file's text as it is typed: every line stays a line, unlike in [`corpus`](learn::corpus)'s formats.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let bytes = read_file(path)?;
    clean::decode(&bytes)
        .map_err(|reason| anyhow::anyhow!("{}: {reason}; name a file of plain text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "one\r\ntwo\nthree").unwrap();
        assert_eq!(read_text(&path).unwrap(), "one\ntwo\nthree");
    }

    #[test]
    fn what_is_no_text_says_path_and_cause() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("binary"), b"a\0b").unwrap();
        std::fs::write(folder.path().join("empty"), b"").unwrap();
        for (name, cause) in [
            ("binary", "zero bytes"),
            ("empty", "0 bytes"),
            ("missing", "No such file"),
            (".", "not an ordinary file"),
        ] {
            let path = folder.path().join(name);
            let error = format!("{:#}", read_text(&path).unwrap_err());
            assert!(error.contains(&path.display().to_string()) && error.contains(cause), "{name}: {error}");
        }
    }
}
