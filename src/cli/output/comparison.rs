//! The ladder's table, and its charts in the terminal.

use std::io::{self, Write};

use serde_json::json;

use super::Printer;
use super::plot::{self, Series};
use crate::lab::compare::{NetworkRow, Row};

impl<W: Write> Printer<W> {
    /// The ladder on one text.
    pub(in crate::cli) fn comparison(&mut self, rows: &[Row]) -> io::Result<()> {
        if self.is_json {
            return self.json(&json!({ "rows": rows }));
        }
        let out = &mut self.out;
        writeln!(
            out,
            "{:<8} {:>10} {:>12} {:>9} {:>10} {:>10} {:>9}",
            "model", "params", "bytes", "train, s", "valid ppl", "test ppl", "bits/byte"
        )?;
        let shown =
            |perplexity: Option<f64>| perplexity.map_or_else(|| "infinite".into(), |p| format!("{p:.2}"));
        for row in rows {
            writeln!(
                out,
                "{:<8} {:>10} {:>12} {:>9.1} {:>10} {:>10} {:>9.4}",
                row.model,
                row.params,
                row.bytes_on_disk,
                row.train_s,
                shown(row.valid_perplexity),
                shown(row.test_perplexity),
                row.bits_per_byte
            )?;
        }
        for row in rows {
            if let Some(weight) = row.weight {
                writeln!(
                    out,
                    "\nmix: {weight:.3} of the lstm and the rest of the ngram, fitted on the validation text"
                )?;
            }
        }
        for lines in [learning(rows), flow(rows)] {
            if !lines.is_empty() {
                writeln!(out, "\n{}", lines.join("\n"))?;
            }
        }
        for (row, network) in networks(rows) {
            let share = network.clipped_share * 100.0;
            writeln!(out, "{}: clipping touched {share:.1} % of {} steps", row.model, network.steps)?;
        }
        Ok(())
    }
}

fn networks(rows: &[Row]) -> impl Iterator<Item = (&Row, &NetworkRow)> {
    rows.iter().filter_map(|row| row.network.as_ref().map(|network| (row, network)))
}

/// Perplexity of the validation text after each pass.
fn learning(rows: &[Row]) -> Vec<String> {
    let series: Vec<Series> = networks(rows)
        .map(|(row, network)| Series {
            letter: letter(&row.model),
            label: row.model.clone(),
            points: (1_u32..).map(f64::from).zip(network.valid_curve.iter().map(|p| p.log10())).collect(),
        })
        .collect();
    plot::chart("log10 of the validation text's perplexity as the training goes on", "validations", &series)
}

/// How the gradient reaches back, before the training (small letter) and after it.
fn flow(rows: &[Row]) -> Vec<String> {
    let mut series = Vec::new();
    for (row, network) in networks(rows) {
        for (norms, when) in
            [(&network.gradient_flow_start, "at the start"), (&network.gradient_flow_trained, "trained")]
        {
            if norms.is_empty() {
                continue;
            }
            let letter = letter(&row.model);
            series.push(Series {
                letter: if when == "trained" { letter } else { letter.to_ascii_lowercase() },
                label: format!("{} {when}", row.model),
                points: (0_u32..).map(f64::from).zip(norms.iter().map(|norm| norm.log10())).collect(),
            });
        }
    }
    plot::chart("log10 of the gradient's norm, loss at t on the hidden state at t − k", "k", &series)
}

/// The model's letter in a chart.
fn letter(model: &str) -> char {
    model.chars().next().unwrap_or('?').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(model: &str, network: Option<NetworkRow>) -> Row {
        Row {
            model: model.into(),
            params: 7,
            bytes_on_disk: 14,
            train_s: 1.5,
            valid_perplexity: Some(120.25),
            test_perplexity: None,
            bits_per_byte: 1.25,
            network,
            weight: None,
        }
    }

    fn network() -> NetworkRow {
        NetworkRow {
            steps: 40,
            epochs: 2.0,
            tokens_per_s: 100.0,
            clipped_share: 0.25,
            valid_curve: vec![200.0, 120.25],
            gradient_flow_start: vec![1.0, 0.1, 0.01],
            gradient_flow_trained: vec![1.0, 0.5, 0.25],
        }
    }

    fn printed(rows: &[Row], is_json: bool) -> String {
        let mut bytes = Vec::new();
        Printer::new(&mut bytes, is_json).comparison(rows).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_has_the_keys_others_rely_on_and_says_infinite_as_null() {
        let mix = Row { weight: Some(0.7), ..row("mix", None) };
        let value: serde_json::Value =
            serde_json::from_str(&printed(&[row("ngram", None), row("lstm", Some(network())), mix], true))
                .unwrap();
        for row in value["rows"].as_array().unwrap() {
            for key in ["model", "params", "bytes_on_disk", "train_s", "valid_perplexity", "bits_per_byte"] {
                assert!(!row[key].is_null(), "{key} of {row}");
            }
            assert!(row.as_object().unwrap().contains_key("test_perplexity"));
            assert!(row["test_perplexity"].is_null());
        }
        assert_eq!(value["rows"][1]["gradient_flow_trained"][1], 0.5);
        assert_eq!(value["rows"][1]["clipped_share"], 0.25);
        assert_eq!(value["rows"][2]["weight"], 0.7);
    }

    #[test]
    fn the_table_says_infinite_and_the_charts_show_both_ends() {
        let text = printed(&[row("ngram", None), row("rnn", Some(network()))], false);
        assert!(text.contains("infinite") && text.contains("120.25"), "{text}");
        assert!(text.contains("r rnn at the start   R rnn trained"), "{text}");
        assert!(text.contains("rnn: clipping touched 25.0 % of 40 steps"), "{text}");
        let counted = printed(&[row("ngram", None)], false);
        assert!(!counted.contains("gradient"), "no chart without a network: {counted}");
    }
}
