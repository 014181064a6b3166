//! `foreword suggest`: the editor's suggestions for other programs, a line in, a line out.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::context::Context;
use super::file::read_file;
use super::input::read_line;
use super::report::{Printer, Report, json_option};
use super::run::Run;
use crate::runtime::workers::stored_words::read_words;
use learn::corpus::clean;
use model::format::read_sound;
use suggest::{Candidate, Origin, Reason, Suggester, SuggestionSettings, Suggestions};

/// Suggest words for a cursor in a text: a line in, a line out, until standard input ends.
///
/// Each line is a JSON object: `before`, the text before the cursor, and `after`, the text after it (may be left out).
/// The answers are those of the editor for the same text. Nothing is learned. Texts that go on from the one before are
/// answered quickly; of another, the last kilobyte is read anew.
#[derive(Debug, clap::Args)]
#[command(arg = json_option().help("Print one JSON object a line"))]
pub(super) struct Suggest {
    /// `base`, `personal` or a version's name [default: the one in use].
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// The document that is written: its text stands before the text of each line.
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Suggestions of each answer.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    suggestions: u8,
}

/// What a line of standard input holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    before: String,
    #[serde(default)]
    after: String,
}

impl Run for Suggest {
    fn run(&self, context: &Context, printer: &mut Printer<'_>) -> anyhow::Result<()> {
        let name = context.models.resolve(self.model.as_deref())?;
        let (_, _, model) = read_sound(&context.models.load(&name)?)
            .with_context(|| format!("model {name} cannot be used"))?;
        let personal = read_words(&context.models, &name).map_err(anyhow::Error::msg)?;
        let open_text = self.file.as_ref().map(|path| {
            let text = clean::decode(&read_file(path)?);
            text.map_err(|reason| anyhow::anyhow!("{}: {reason}; name a file of plain text", path.display()))
        });
        let open_text = open_text.transpose()?.unwrap_or_default();
        let settings = SuggestionSettings { learns: false, ..context.suggestion_settings() };
        let mut suggester = Suggester::with_personal(model, personal, settings);
        let mut input = io::stdin().lock();
        for number in 1.. {
            let Some(line) = read_line(&mut input, number)? else { break };
            let Request { before, after } = request(&line, number)?;
            let before = format!("{open_text}{before}");
            printer.print(&Answer(suggester.suggest(&before, &after, self.suggestions.into())))?;
        }
        Ok(())
    }
}

/// The request of a line.
fn request(line: &str, number: u64) -> anyhow::Result<Request> {
    serde_json::from_str(line).with_context(|| {
        format!(r#"line {number} of standard input is no request; write an object like {{"before": "we will se"}}"#)
    })
}

/// The answer to one request.
struct Answer(Suggestions);

impl Report for Answer {
    fn json(&self) -> impl Serialize {
        let Suggestions { prefix, complete, candidates, reasons, ghost } = &self.0;
        let candidate = |Candidate { word, completion, probability }: &Candidate| json!({ "word": word, "completion": completion, "probability": probability });
        let ghost = ghost.as_ref().map(
            |ghost| json!({ "text": ghost.text, "probability": ghost.confidence, "is_stem": ghost.is_stem }),
        );
        json!({
            "prefix": prefix,
            "complete": complete,
            "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(),
            "ghost": ghost,
            "reasons": reasons.iter().map(reason).collect::<Vec<_>>(),
        })
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Suggestions { candidates, ghost, .. } = &self.0;
        let mut cells: Vec<String> = candidates
            .iter()
            .map(|candidate| format!("{} {:.0}%", candidate.word, candidate.probability * 100.0))
            .collect();
        cells.extend(ghost.as_ref().map(|ghost| format!("ghost: {:?}", ghost.text)));
        writeln!(out, "{}", cells.join("  "))
    }
}

/// The share of each origin in a word's probability, and the document it is from.
fn reason(Reason { word, shares, document }: &Reason) -> Value {
    let names = Origin::ALL.map(|origin| match origin {
        Origin::Network => "network",
        Origin::Background => "background",
        Origin::Personal => "personal",
        Origin::Document => "document",
    });
    let shares: Map<String, Value> =
        names.iter().zip(shares).map(|(name, share)| ((*name).to_owned(), json!(share))).collect();
    json!({ "word": word, "shares": shares, "document": document })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing;
    use suggest::Ghost;

    fn answer() -> Answer {
        Answer(Suggestions {
            prefix: "sa".to_owned(),
            complete: 0.125,
            candidates: vec![Candidate {
                word: "said".to_owned(),
                completion: "id".to_owned(),
                probability: 0.5,
            }],
            reasons: vec![Reason { word: "said".to_owned(), shares: [0.5, 0.25, 0.25, 0.0], document: None }],
            ghost: Some(Ghost { text: "id".to_owned(), confidence: 0.75, is_stem: false }),
        })
    }

    #[test]
    fn an_answer_has_the_keys_others_rely_on() {
        let expected = json!({
            "prefix": "sa",
            "complete": 0.125,
            "candidates": [{ "word": "said", "completion": "id", "probability": 0.5 }],
            "ghost": { "text": "id", "probability": 0.75, "is_stem": false },
            "reasons": [{
                "word": "said",
                "shares": { "network": 0.5, "background": 0.25, "personal": 0.25, "document": 0.0 },
                "document": null,
            }],
        });
        assert_eq!(testing::json(&answer()), expected);
        assert!(testing::json(&Answer(Suggestions::default()))["ghost"].is_null());
        assert_eq!(testing::text(&answer()), "said 50%  ghost: \"id\"\n");
    }

    #[test]
    fn what_is_no_request_is_named() {
        assert_eq!(request(r#"{"before": "a"}"#, 1).unwrap().after, "");
        for line in ["", "before", r#"{"after": "a"}"#, r#"{"before": "a", "behind": "b"}"#] {
            let said = format!("{:#}", request(line, 3).unwrap_err());
            assert!(said.contains("line 3") && said.contains(r#"{"before""#), "{said}");
        }
    }
}
