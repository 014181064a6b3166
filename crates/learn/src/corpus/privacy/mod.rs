//! Secrets are left out of what is learned.
//!
//! A model that has seen a password once may offer it, on screen, to whoever stands behind the writer. So the values that
//! [`secrets`] finds are cut out: the value, not its paragraph. A line break takes its place, so that no phrase is learned across
//! it. A value that was found once goes wherever else it occurs, in all documents: there it may have no name beside it.

use std::ops::Range;

use secrets::{self, Values};

/// A text without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redacted {
    /// The rest.
    pub(crate) text: String,
    /// Values cut out.
    pub(crate) count: usize,
    /// The values, to be found elsewhere ([`purge`]).
    pub(crate) values: Vec<String>,
}

/// Prose without its secrets and without those of `source`, the text it was made of. In the source a secret may have the heading,
/// the list or the table that names it, or be outside the prose.
pub(crate) fn redact(prose: &str, source: &str) -> Redacted {
    let found: Vec<Range<usize>> = secrets::find(prose).into_iter().map(|secret| secret.range).collect();
    let mut values: Vec<String> = found.iter().map(|range| prose[range.clone()].to_owned()).collect();
    if !std::ptr::eq(prose, source) {
        values.extend(secrets::find(source).into_iter().map(|secret| source[secret.range].to_owned()));
    }
    if values.is_empty() {
        return Redacted { text: prose.to_owned(), count: 0, values };
    }
    values.sort_unstable();
    values.dedup();
    let mut all = secrets::find_again(prose, &Values::new(values.iter().map(String::as_str)));
    all.extend(found);
    let all = apart(all);
    Redacted { text: without(prose, &all), count: all.len(), values }
}

/// The text without values that were found elsewhere, and how many there were; `None` if there were none.
pub(crate) fn purge(text: &str, values: &Values) -> Option<(String, usize)> {
    let found = secrets::find_again(text, values);
    (!found.is_empty()).then(|| (without(text, &found), found.len()))
}

/// Ranges in order, those that touch made one.
fn apart(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The text with a line break in place of each range.
fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        kept.push_str(behind_value(&text[from..range.start], from));
        from = range.end;
        if !kept.is_empty() && !kept.ends_with('\n') {
            kept.push('\n');
        }
    }
    kept.push_str(behind_value(&text[from..], from));
    kept
}

/// The text behind a value that ended at byte `at`: without the marks that closed it, and without its line's end, which is there already.
fn behind_value(piece: &str, at: usize) -> &str {
    if at == 0 {
        return piece;
    }
    let rest = piece.trim_start_matches([' ', '\t', '"', '\'', '`', ';', ',', '.']);
    rest.strip_prefix('\n').unwrap_or(rest)
}

#[cfg(test)]
mod tests;
