//! The secrets of the open document: what is neither learned, nor counted among its words, nor offered.
//!
//! While a writer types, each key judges the last two lines anew; the lines above keep their verdict. In a table or a list these two
//! are judged with its header or title. A place that the cursor jumps to is judged whole. All of this holds without learning, too: neither
//! the document's words nor a model that has read a password may offer it.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

mod rows;

use crate::words::word::{CharClass, class, end_of_word, folded, levelled, prefix, words_in};
use rows::header;
use secrets::{self, Kind};

/// Bytes before the cursor that are judged with each key, at most.
const TAIL: usize = 1_024;
/// Bytes of the longest end of a line.
const LINE_END: usize = 2;
/// Of a tail that begins in mid-line, bytes that are not judged: the name of a value may stand before them.
const MARGIN: usize = 256;
/// Bytes of a private key that are judged again with each key.
const LONGEST_KEY: usize = 8_192;
/// Bytes of the context in which a value's words are looked for again.
const WITHIN: usize = 32_768;
/// Words of one value that are kept apart; longer values are keys, and each piece of those is told by its looks.
const MOST_WORDS: usize = 64;

/// A value in the context.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Secret {
    range: Range<usize>,
    kind: Kind,
    /// Its words, in lower case.
    words: Vec<String>,
}

/// What is secret in the open document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    /// In the order of the context; none overlap.
    found: Vec<Secret>,
    /// Bytes of the context judged.
    judged: usize,
    /// Words that give a value away wherever they stand, in lower case.
    words: BTreeSet<String>,
    /// Neighbours in values of several words, in lower case.
    pairs: HashSet<(String, String)>,
    /// Whether the cursor stands in a value, or where one comes next.
    is_silent: bool,
}

impl Guard {
    /// Bytes of the context that were judged; 0 if that is to be done again.
    pub(crate) fn judged(&self) -> usize {
        self.judged
    }

    /// The context was cut to `length` bytes.
    pub(crate) fn cut(&mut self, length: usize) {
        self.found.retain(|found| found.range.end <= length);
        self.judged = 0;
        self.is_silent = false;
        self.collect();
    }

    /// Judges all of a context and what comes next in it.
    pub(crate) fn judge_all(&mut self, context: &[u8], ahead: &[u8]) {
        self.found.clear();
        self.collect();
        self.judge_from(0..0, 0, 0, context, ahead);
    }

    /// Judges the end of a context and what comes next in it. Returns whether something of the context was not known to be secret before.
    pub(crate) fn judge(&mut self, context: &[u8], ahead: &[u8]) -> bool {
        let low = context.len().saturating_sub(TAIL);
        let feeds =
            context[low..].iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| low + at + 1);
        let starts: Vec<usize> = feeds.collect();
        // The line above that is not blank may hold the name of the value that stands on this one.
        let is_blank = |range: Range<usize>| context[range].iter().all(u8::is_ascii_whitespace);
        let first = (low == 0).then_some(0);
        let lines: Vec<usize> = first.into_iter().chain(starts.iter().copied()).collect();
        let mut above = lines
            .windows(2)
            .rev()
            .map(|pair| (pair[0], pair[1]))
            .filter(|&(start, end)| !is_blank(start..end));
        let (mut from, mut settled) = match (above.next(), above.next()) {
            // A value on that line may have its name on the line above it.
            (Some((above, _)), Some((name, _))) => (name, above),
            (Some((above, _)), None) if low == 0 => (above, above),
            // That line is no longer looked at.
            (Some((above, end)), None) => (above, end),
            _ if low == 0 => (0, 0),
            _ => (low, low + MARGIN),
        };
        if let Some(key) = self.found.last().filter(|found| found.kind == Kind::PrivateKey)
            // It may go on behind the end of a line.
            && key.range.end + LINE_END >= self.judged
            && context.len() - key.range.start <= LONGEST_KEY
        {
            (from, settled) = (from.min(key.range.start), settled.min(key.range.start));
        }
        self.judge_from(header(context, from), from, settled, context, ahead)
    }

    /// Judges what begins at `from`, behind the lines at `header`; what was found before `settled` stays.
    fn judge_from(
        &mut self,
        header: Range<usize>,
        from: usize,
        settled: usize,
        context: &[u8],
        ahead: &[u8],
    ) -> bool {
        let lead = header.len();
        let mut tail = [&context[header], &context[from..]].concat();
        tail.extend_from_slice(ahead);
        // A tail may begin and end inside a character.
        let start = tail.iter().position(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
        let tail = &tail[start..];
        let text = match std::str::from_utf8(tail) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&tail[..error.valid_up_to()]).unwrap_or_default(),
        };
        let from = from + start;
        let before = self.found.clone();
        self.found.retain(|found| found.range.start < settled);
        for secret in secrets::find(text).into_iter().filter(|secret| secret.range.start >= lead) {
            let range = from + secret.range.start - lead..from + secret.range.end - lead;
            if self.found.last().is_none_or(|last| last.range.end <= range.start) {
                let words = words_in(&text[secret.range]).take(MOST_WORDS).map(folded);
                let words = words.collect();
                self.found.push(Secret { range, kind: secret.kind, words });
            }
        }
        self.judged = context.len() + ahead.len();
        let end = from + text.len().saturating_sub(lead);
        self.is_silent =
            self.found.last().is_some_and(|last| last.range.end == end) || secrets::is_awaited(text);
        if self.found == before {
            return false;
        }
        let had = std::mem::take(&mut self.words);
        self.collect();
        let is_new = |found: &&Secret| before.iter().all(|old| old.range.start != found.range.start);
        let reaches_back = self.found.iter().filter(is_new).any(|found| {
            let read = found.range.start.min(context.len())..found.range.end.min(context.len());
            String::from_utf8_lossy(&context[read])
                .chars()
                .any(|c| !matches!(class(c), CharClass::Letter | CharClass::Mark))
        });
        reaches_back || self.words.difference(&had).any(|word| self.stands_open(context, word))
    }

    /// Whether a word stands near the end of the context where it is not known to be secret.
    fn stands_open(&self, context: &[u8], word: &str) -> bool {
        let low = context.len().saturating_sub(WITHIN);
        let start = context[low..].iter().position(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
        let text = std::str::from_utf8(&context[low + start..]).unwrap_or_default();
        words_in(text).any(|found| {
            let at = low + start + (found.as_ptr().addr() - text.as_ptr().addr());
            let range = at..at + found.len();
            folded(found) == *word
                && self
                    .found
                    .iter()
                    .all(|found| found.range.end <= range.start || range.end <= found.range.start)
        })
    }

    /// Brings the words of all values together.
    fn collect(&mut self) {
        self.words.clear();
        self.pairs.clear();
        for Secret { words, kind, .. } in &self.found {
            let least = if *kind == Kind::PrivateKey { 12 } else { 3 };
            let is_one = words.len() == 1;
            // Everyday words of a longer value are offered, if not one after the other.
            let tells = |word: &&String| {
                word.chars().count() >= least
                    && !secrets::is_common(word)
                    && (is_one || *kind != Kind::SeedPhrase && word.bytes().any(|byte| byte.is_ascii_digit()))
            };
            self.words.extend(words.iter().filter(tells).cloned());
            self.pairs.extend(words.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
        }
    }

    /// Whether a word of the context that stands at `range` is secret.
    pub(crate) fn hides(&self, range: Range<usize>, word: &str) -> bool {
        let after = self.found.partition_point(|found| found.range.end <= range.start);
        self.found.get(after).is_some_and(|found| found.range.start < range.end) || self.tells(word)
    }

    /// The words that give a value away wherever they stand, in lower case.
    pub(crate) fn into_telling(self) -> BTreeSet<String> {
        self.words
    }

    /// Whether a word gives a value away, wherever it stands.
    pub(crate) fn tells(&self, word: &str) -> bool {
        !self.words.is_empty() && self.words.contains(&folded(word))
    }

    /// Whether a word must not be offered after `before`, the word it would stand behind. `is_word`: whether a part of a value is a word
    /// that is known without it.
    pub(crate) fn refuses(&self, before: &str, word: &str, is_word: impl Fn(&str) -> bool) -> bool {
        /// Letters from which on a part of a value is told from other words.
        const PART: usize = 4;
        if self.words.is_empty() && self.pairs.is_empty() {
            return false;
        }
        let word = folded(word);
        let letters = word.chars().count();
        let is_part = |value: &String| {
            *value == word
                || (value.chars().count() >= PART && word.contains(value.as_str()))
                || (letters >= PART && value.starts_with(&word) && !is_word(&word))
        };
        self.words.iter().any(is_part)
            || (!self.pairs.is_empty() && self.pairs.contains(&(folded(before), word.clone())))
    }

    /// Whether a text, such as an address, holds a secret.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        words_in(text).any(|word| self.tells(word)) || !secrets::find(text).is_empty()
    }

    /// Whether nothing is to be offered at the cursor.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_silent
    }
}

/// The last word before the one that begins at `start` of a context, levelled; empty if there is none near.
pub(crate) fn word_before(context: &str, start: usize) -> String {
    const NEAR: usize = 8;
    let before = &context[..start];
    let gap: usize = before
        .chars()
        .rev()
        .take(NEAR)
        .take_while(|&c| !matches!(class(c), CharClass::Letter | CharClass::Mark))
        .map(char::len_utf8)
        .sum();
    let word = prefix(&before[..before.len() - gap]);
    levelled(&word[..end_of_word(word)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guard that has read `text` byte by byte, as the editor does.
    fn typed(text: &str) -> Guard {
        let mut guard = Guard::default();
        for at in 0..text.len() {
            guard.judge(&text.as_bytes()[..at], &text.as_bytes()[at..=at]);
        }
        guard
    }

    #[test]
    fn typed_or_read_at_once_the_same_is_secret() {
        let filler = "We walked along the quay and counted boats. ".repeat(60);
        for text in [
            "password: Kettle77\nand then tea".to_owned(),
            format!("{filler}my password is Kettle77, {filler}"),
            format!("Password\nKettle77\n{filler}"),
            "passphrase: seven quiet kettles sing\n".to_owned(),
            "-----BEGIN PRIVATE KEY-----\nMIIEkettle7\nab7cd\n-----END PRIVATE KEY-----\nafter".to_owned(),
            "비밀번호: 주전자77 그리고".to_owned(),
        ] {
            let mut whole = Guard::default();
            whole.judge_all(text.as_bytes(), b"");
            let typed = typed(&text);
            assert_eq!(typed.found, whole.found, "{text}");
            assert_eq!((typed.is_silent, &typed.words), (whole.is_silent, &whole.words), "{text}");
            assert!(!whole.found.is_empty(), "{text}");
        }
    }

    #[test]
    fn every_row_of_a_table_is_judged_by_its_header() {
        let rows = |row: fn(usize) -> String| (0..12).map(row).collect::<String>();
        for (header, row) in [
            (
                "| host | quay | password |\n|---|---|---|\n",
                (|at| format!("| a{at} | quay | Kettle{at}song |\n")) as fn(usize) -> String,
            ),
            ("host,quay,password\n", |at| format!("a{at},quay,Kettle{at}song\n")),
        ] {
            let text = format!("We keep a list.\n\n{header}{}\nThe quay is calm. ", rows(row));
            let (guard, mut whole) = (typed(&text), Guard::default());
            whole.judge_all(text.as_bytes(), b"");
            for at in 0..12 {
                let value = format!("kettle{at}song");
                assert!(whole.tells(&value), "{header} {value}");
                assert!(guard.tells(&value), "{header} {value}, typed");
            }
            assert!(!guard.tells("quay"), "{header}");
        }
    }

    #[test]
    fn the_header_of_a_table_is_its_title_and_its_first_lines() {
        for (text, expected) in [
            ("", ""),
            ("a line\nanother ^", ""),
            ("Codes:\n- one\n- two\n- three\n^- four", "Codes:\n- one\n- two\n"),
            ("Codes:\n\n1. one\n2. two\n3. three\n^4. four", "Codes:\n\n1. one\n2. two\n"),
            ("Codes:\n- one\n^- two", "Codes:\n- one\n"),
            ("x\n| a | b |\n|---|---|\n| c | d |\n^| e | f |", "x\n| a | b |\n|---|---|\n"),
            ("Passwords:\nquay: a\nboat: b\nsea: c\n^rope: d", "Passwords:\nquay: a\nboat: b\n"),
            ("## Codes\n\n\n\n- one\n- two\n- three\n^- four", "## Codes\n\n\n\n- one\n- two\n"),
            ("a,b\nc,d\ne,f\n^g,h", "a,b\nc,d\n"),
            ("- one\n- two\n^- three", "- one\n- two\n"),
            ("one, two\nand three\n^four, five", ""),
        ] {
            let at = text.find('^').unwrap_or(0);
            let text = text.replace('^', "");
            let found = header(text.as_bytes(), at);
            let expected = expected.to_owned();
            assert!(found.end <= at, "{text:?}");
            // A single line of its kind has but its title.
            let found = String::from_utf8_lossy(&text.as_bytes()[found]).into_owned();
            if !expected.is_empty() {
                assert_eq!(found, expected, "{text:?}");
            }
        }
    }

    #[test]
    fn words_of_values_are_hidden_and_refused_in_any_case() {
        let guard = typed("password: Kettle77\nThe kettle sang. ");
        let no_word = |_: &str| false;
        for (before, word, expected) in [
            ("", "Kettle77", true),
            ("", "KETTLE77", true),
            ("", "Kettle77s", true),
            ("", "kettl", true),
            ("", "ket", false),
            ("", "boats", false),
        ] {
            assert_eq!(guard.refuses(before, word, no_word), expected, "{word}");
        }
        assert!(
            !guard.refuses("", "kettle", |word| word == "kettle"),
            "a word that is known is no part of it"
        );
        assert!(guard.hides(500..508, "kettle77") && !guard.hides(500..506, "kettle"));
        assert!(guard.hides(10..18, "anything"), "what stands in the value");
        assert!(guard.is_in("https://quay.example/kettle77") && !guard.is_in("https://quay.example/boats"));
        let phrase = typed("passphrase: seven quiet kettles sing\n");
        assert!(phrase.refuses("Seven", "quiet", no_word) && !phrase.refuses("the", "quiet", no_word));
    }

    #[test]
    fn silence_stands_where_a_value_comes_or_is_being_typed() {
        for (text, expected) in [
            ("password: ", true),
            ("password: Ket", true),
            ("password: Kettle77", true),
            ("password: Kettle77 ", false),
            ("password: Kettle77\nThe k", false),
            ("Password\nKettle7", true),
            ("The quay is ", false),
        ] {
            assert_eq!(typed(text).is_silent(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_no_longer_secret() {
        let mut guard = typed("password: Kettle77\n");
        guard.cut(12);
        assert!(!guard.tells("kettle77") && guard.judged() == 0);
    }

    #[test]
    fn a_value_that_becomes_clear_late_is_told_once() {
        let text = b"card 4111 1111 1111 1111 ";
        let mut guard = Guard::default();
        let told: Vec<usize> =
            (0..text.len()).filter(|&at| guard.judge(&text[..at], &text[at..=at])).collect();
        assert_eq!(told, [text.len() - 2], "with its last digit");
        assert!(guard.hides(5..9, "4111"));
    }

    #[test]
    fn the_word_before_is_found_across_a_short_gap() {
        for (context, start, expected) in [
            ("see the quay", 8, "the"),
            ("see, (qu", 6, "see"),
            ("quay", 0, ""),
            ("a\n\n          b", 13, ""),
        ] {
            assert_eq!(word_before(context, start), expected, "{context:?}");
        }
    }
}
