//! `foreword eval FILE…`: types files as a simulated typist and counts the keystrokes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::file::read_file;
use super::progress::ProgressLine;
use super::report::{Printer, Report};
use super::run::Run;
use super::typist::{POTENTIAL, evaluate};
use crate::runtime::workers::stored_words::read_words;
use learn::corpus::{self, clean};
use learn::retrain::learn_words;
use model::format::read_sound;
use model::rnn::StreamingRnn;
use suggest::{
    ByCount, Components, Evaluation, Personal, Reliability, SimulationOptions, SuggestionSettings,
};

/// Type files as a simulated typist would, and count the keystrokes saved.
#[derive(Debug, clap::Args)]
pub(super) struct Eval {
    /// Files to type; may be left out with --learn: then the newest fifth of its documents is typed.
    #[arg(value_name = "FILE", required_unless_present = "learn")]
    files: Vec<PathBuf>,
    /// Learn the words of these folders first, as training does (no weights are trained, nothing is kept). Without
    /// files, only the documents that training would learn from, and those it would judge by are typed.
    #[arg(long, value_name = "FOLDER")]
    learn: Vec<PathBuf>,
    /// `base`, `personal` or a version's name [default: the one in use].
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Suggestions on show.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    suggestions: u8,
    /// Type only the first lines of each file.
    #[arg(long, value_name = "N")]
    max_lines: Option<usize>,
    /// Type only about so many bytes of each file, in windows spread over the whole of it.
    #[arg(long, value_name = "N")]
    max_bytes: Option<usize>,
    /// What the suggestions are made from.
    #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',', default_values = ["lstm", "ngram", "recency", "words"])]
    components: Vec<Component>,
    /// Print how often the best word was right, by its stated probability.
    #[arg(long)]
    reliability: bool,
    /// Type with each component alone, and with all of them; print a row for each.
    #[arg(long, conflicts_with_all = ["components", "reliability"])]
    ablation: bool,
}

/// A part of the mixture that makes suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Component {
    /// The byte LSTM.
    Lstm,
    /// Counts of words: the base model's and those of the writer's own texts.
    Ngram,
    /// The words of the open document.
    Recency,
    /// The base model's counts of words alone.
    Background,
    /// The network over words.
    Words,
}

/// The rows of an ablation: each component alone, two, all.
const ABLATION: [&[Component]; 9] = {
    use Component::{Background, Lstm, Ngram, Recency, Words};
    [
        &[Lstm],
        &[Background],
        &[Ngram],
        &[Recency],
        &[Words],
        &[Lstm, Background],
        &[Lstm, Ngram],
        &[Lstm, Ngram, Recency],
        &[Lstm, Ngram, Recency, Words],
    ]
};

impl Run for Eval {
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let name = context.models.resolve(self.model.as_deref())?;
        let mut texts: Vec<String> =
            self.files.iter().map(|path| read_text(path)).collect::<anyhow::Result<_>>()?;
        let (_, _, model) = read_sound(&context.models.load(&name)?)
            .with_context(|| format!("model {name} cannot be used"))?;
        let personal = if self.learn.is_empty() {
            read_words(&context.models, &name).map_err(anyhow::Error::msg)?
        } else {
            self.learned_words(&model, &mut texts)?
        };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut progress = ProgressLine::new();
        let mut evaluate = |named: &[Component]| {
            let options = SimulationOptions {
                settings: SuggestionSettings {
                    components: components(named),
                    ..context.suggestion_settings()
                },
                suggestions: self.suggestions.into(),
                max_lines: self.max_lines,
                max_bytes: self.max_bytes,
            };
            let status = format!("typing with model {name} ({})", names(named));
            evaluate(&model, &personal, &texts, &options, &mut |share| progress.show(share, &status))
        };
        if self.ablation {
            let row = |&components| (names(components), evaluate(components));
            let rows = ABLATION.iter().map(row).collect();
            progress.finish();
            printer.print(&Ablation { rows })?;
        } else {
            let evaluation = evaluate(&self.components);
            progress.finish();
            printer.print(&Figures { evaluation, with_reliability: self.reliability })?;
        }
        Ok(())
    }
}

impl Eval {
    /// The words of the folders. Without texts to type, what is held out of the folders becomes them.
    fn learned_words(&self, model: &StreamingRnn, texts: &mut Vec<String>) -> anyhow::Result<Personal> {
        let mut split = corpus::split::by_document(corpus::walk::read(&self.learn)?.documents);
        let held_out = std::mem::take(&mut split.held_out);
        if texts.is_empty() {
            texts.extend(held_out.into_iter().map(|document| document.text));
            ensure!(!texts.is_empty(), "there is too little text to hold any out; name files to type, too");
        } else {
            split.train.extend(held_out);
        }
        Ok(learn_words(model, &split))
    }
}

/// The components named, as the suggestions take them.
fn components(named: &[Component]) -> Components {
    let has = |component| named.contains(&component);
    Components {
        lstm: has(Component::Lstm),
        ngram: has(Component::Ngram),
        recency: has(Component::Recency),
        background: has(Component::Ngram) || has(Component::Background),
        words: has(Component::Words),
    }
}

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

/// The figures of one evaluation.
struct Figures {
    evaluation: Evaluation,
    /// The text has the reliability of the best word, too; JSON always has.
    with_reliability: bool,
}

impl Report for Figures {
    fn json(&self) -> impl Serialize {
        &self.evaluation
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Evaluation { bytes, words, figures, intervals, .. } = &self.evaluation;
        writeln!(out, "{bytes} bytes, {words} words")?;
        let [low, high] = intervals.bits_per_byte;
        writeln!(out, "bits per byte          {:>7.4}   [{low:.4}, {high:.4}]", figures.bits_per_byte)?;
        writeln!(out, "suggestions on show    {:>7} {:>7} {:>7}   95 % interval of the last", 1, 3, 5)?;
        for (label, figure, intervals) in [
            ("keystrokes saved, %", figures.ksr, intervals.ksr),
            ("noticing every second", figures.ksr_half, intervals.ksr_half),
            ("with phrases, %", figures.ksr_phrase, intervals.ksr_phrase),
            ("next word there, %", figures.hit, intervals.hit),
        ] {
            let (ByCount { one, three, five }, [low, high]) = (figure, intervals.five);
            writeln!(out, "{label:<22} {one:>7.2} {three:>7.2} {five:>7.2}   [{low:.2}, {high:.2}]")?;
        }
        let [low, high] = intervals.after2.five;
        let label = "after two letters, %";
        writeln!(out, "{label:<22} {:>23.2}   [{low:.2}, {high:.2}]", figures.after2.five)?;
        let ghost = figures.ghost;
        writeln!(
            out,
            "ghost alone            {:>7.2} % saved ({:.2} noticing every second), shown at {:.1} % of places, \
             right {:.1} % of the time ({:.1} % when a word first has one), wrong {:.2} times in 100 characters",
            ghost.ksr,
            ghost.ksr_half,
            ghost.shown * 100.0,
            ghost.precision * 100.0,
            ghost.first_precision * 100.0,
            ghost.wrong_per_100
        )?;
        let stability = figures.stability;
        writeln!(
            out,
            "from letter to letter  {:>7.2} % of the first three stay, {:.2} % change place; {:.2} % are below 1 %",
            stability.kept, stability.moved, stability.under_1_percent
        )?;
        let latency = self.evaluation.latency_ms;
        writeln!(
            out,
            "latency, ms            {:>7.2} p50, {:.2} p95, {:.2} p99, {:.2} max",
            latency.p50, latency.p95, latency.p99, latency.max
        )?;
        if self.with_reliability {
            writeln!(out, "\nthe best word  places  said, %  came, %")?;
            for (row, Reliability { places, said, came }) in self.evaluation.reliability.iter().enumerate() {
                let (low, high) = (row * 10, row * 10 + 10);
                let (said, came) = (said * 100.0, came * 100.0);
                writeln!(out, "{low:>4} to {high:>3} %  {places:>6}  {said:>7.1}  {came:>7.1}")?;
            }
        }
        writeln!(out, "{POTENTIAL}")
    }
}

/// The figures with each of some sets of components.
struct Ablation {
    rows: Vec<(String, Evaluation)>,
}

impl Report for Ablation {
    fn json(&self) -> impl Serialize {
        let row = |(components, evaluation): &(String, Evaluation)| json!({ "components": components, "evaluation": evaluation });
        json!({ "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{:<19} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9}",
            "components", "KSR@1", "KSR@3", "KSR@5", "KSR½@5", "hit@3", "ghost", "right, %", "bits/byte"
        )?;
        for (components, Evaluation { figures, .. }) in &self.rows {
            let ByCount { one, three, five } = figures.ksr;
            writeln!(
                out,
                "{components:<19} {one:>7.2} {three:>7.2} {five:>7.2} {:>7.2} {:>7.2} {:>7.2} {:>9.1} {:>9.3}",
                figures.ksr_half.five,
                figures.hit.three,
                figures.ghost.ksr,
                figures.ghost.precision * 100.0,
                figures.bits_per_byte
            )?;
        }
        writeln!(out, "{POTENTIAL}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::{assert_is_evaluation, evaluation, json, parsed, printed, text};

    fn figures(evaluation: Evaluation) -> Figures {
        Figures { evaluation, with_reliability: false }
    }

    #[test]
    fn the_model_named_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::open(Some(folder.path())).unwrap();
        let error = |line| {
            let eval: Eval = parsed(line).unwrap();
            printed(false, |printer| eval.run(&context, printer)).unwrap_err().to_string()
        };
        let nowhere = error("a --model nowhere");
        assert!(nowhere.contains("nowhere") && nowhere.contains("base"), "{nowhere}");
        assert!(error("a --model personal").contains("foreword train"));
    }

    #[test]
    fn a_component_named_twice_counts_once_and_the_standard_ones_are_all() {
        let typed = |line| components(&parsed::<Eval>(line).unwrap().components);
        assert_eq!(typed("a --components ngram,ngram"), components(&[Component::Ngram]));
        assert_eq!(typed("a"), Components::ALL);
    }

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

    #[test]
    fn an_evaluation_in_json_has_the_keys_others_rely_on() {
        let value = json(&figures(evaluation()));
        assert_is_evaluation(&value);
        assert_eq!(value["ksr"]["5"], 50.0);
    }

    #[test]
    fn a_figure_that_is_no_number_is_null() {
        let mut nothing = evaluation();
        nothing.figures.bits_per_byte = f64::NAN;
        let value = json(&figures(nothing));
        assert!(value["bits_per_byte"].is_null());
    }

    #[test]
    fn an_evaluation_reads_as_a_table() {
        let expected = "\
1000 bytes, 180 words
bits per byte           1.7500   [0.0000, 0.0000]
suggestions on show          1       3       5   95 % interval of the last
keystrokes saved, %      30.00   40.00   50.00   [49.00, 51.00]
noticing every second    25.00   35.00   45.00   [0.00, 0.00]
with phrases, %          35.00   45.00   55.00   [0.00, 0.00]
next word there, %       10.00   20.00   30.00   [0.00, 0.00]
after two letters, %                     60.00   [0.00, 0.00]
ghost alone              20.00 % saved (15.00 noticing every second), shown at 25.0 % of places, right 50.0 % of the time (60.0 % when a word first has one), wrong 4.00 times in 100 characters
from letter to letter    99.50 % of the first three stay, 2.00 % change place; 0.50 % are below 1 %
latency, ms               1.00 p50, 2.00 p95, 3.00 p99, 4.00 max
Savings are potential: those of a typist who notices every suggestion, or every second one.
";
        assert_eq!(text(&figures(evaluation())), expected);
    }

    #[test]
    fn reliability_says_what_was_said_and_what_came() {
        let table = text(&Figures { evaluation: evaluation(), with_reliability: true });
        assert!(table.contains("came, %\n   0 to  10 %       4     25.0     50.0\n"), "{table}");
        assert!(table.contains("  90 to 100 %"), "{table}");
    }

    #[test]
    fn an_ablation_has_a_row_for_each_set_of_components() {
        let rows = vec![("lstm".to_owned(), evaluation()), ("lstm,ngram".to_owned(), evaluation())];
        let ablation = Ablation { rows };
        let table = text(&ablation);
        assert!(table.contains("\nlstm,ngram            30.00   40.00   50.00   45.00   20.00"), "{table}");
        let value = json(&ablation);
        assert_eq!(value["rows"][1]["components"], "lstm,ngram");
        assert_is_evaluation(&value["rows"][0]["evaluation"]);
    }
}
