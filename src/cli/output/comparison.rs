//! The ladder's table, and its charts in the terminal.

use std::io::{self, Write};

use serde_json::json;

use super::Printer;
use crate::shell::climb::Row;

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
        Ok(())
    }
}
