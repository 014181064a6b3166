//! From the bytes of a log to the text it stands for.
//!
//! Only the log's last document counts. Replay begins at the latest place where its whole text is known: written out
//! in the log, or in the file, if that still has the bytes it had then. From there the changes are applied again.
//! Where one cannot be read, the length recorded in the next one gives the number of missing chars. `�` stands for
//! each of them, at the place of typing.

use std::path::{Path, PathBuf};

use ropey::Rope;
use serde::Deserialize;

use super::format::{FileRecord, Record, Scan, VERSION, encode, scan};
use editor::effect::TextFile;
use editor::message::FileContent;

/// What stands for a char that could not be read.
const LOST: &str = "\u{fffd}";
/// More missing text than this is none that anyone typed.
const MOST_LOST: usize = 64 << 20;

/// How the session left the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was never changed, or is in its file.
    Settled,
    /// It is in no file.
    Unsaved,
    /// The writer did not want it.
    Forgotten,
}

/// The result of a replay.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Replayed {
    pub(super) file: TextFile,
    pub(super) text: Rope,
    pub(super) standing: Standing,
    /// What could not be read, in the writer's words.
    pub(super) damage: Option<String>,
}

/// Why a log gives no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    Newer,
    Damaged,
}

/// Reads a log. `open` reads the writer's file, which may have to stand for the text the changes begin with.
///
/// # Errors
/// When there are records, but none that can be made sense of.
pub(super) fn replay(
    bytes: &[u8],
    open: impl Fn(&Path) -> Option<FileContent>,
) -> Result<Option<Replayed>, Unreadable> {
    if let Some(old) = first_format(bytes) {
        return Ok(Some(old));
    }
    let Scan { records, damaged, damaged_last } = scan(bytes);
    if let Some((_, Record::Head { foreword_journal })) = records.first()
        && *foreword_journal > VERSION
    {
        return Err(Unreadable::Newer);
    }
    let Some(begin) = records.iter().rposition(|(_, record)| matches!(record, Record::Begin { .. })) else {
        let has_edits = records.iter().any(|(_, record)| matches!(record, Record::Edit { .. }));
        return match has_edits {
            true => Ok(Some(fragments(&records, TextFile::default()))),
            false if damaged > 0 || (records.is_empty() && !is_cut_short(bytes)) => Err(Unreadable::Damaged),
            false => Ok(None),
        };
    };
    let section = Section { records: &records[begin..], is_whole: damaged == 0, damaged_last };
    Ok(Some(section.replay(open)))
}

/// Whether this may be a log of which no record was written to its end. Zeros are what a power cut leaves of a file.
fn is_cut_short(bytes: &[u8]) -> bool {
    let mut head = Vec::new();
    let encoded = encode(0, &Record::Head { foreword_journal: VERSION }, &mut head);
    encoded.is_ok() && (head.starts_with(bytes) || bytes.iter().all(|&byte| byte == 0))
}

/// A journal of the first format: a line of JSON, and the whole text behind it.
fn first_format(bytes: &[u8]) -> Option<Replayed> {
    #[derive(Deserialize)]
    struct Head {
        foreword_journal: u32,
        path: Option<PathBuf>,
    }
    let (head, text) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    let head: Head = serde_json::from_str(head).ok().filter(|head: &Head| head.foreword_journal == 1)?;
    let file = TextFile { path: head.path, ..TextFile::default() };
    Some(Replayed { file, text: Rope::from_str(text), standing: Standing::Unsaved, damage: None })
}

/// A place where the whole text is known, and the record behind it.
struct Base {
    text: Rope,
    next: usize,
    /// Chars that could not be read.
    lost: usize,
}

/// The part of a log that is about its last document. It begins with that document's record.
struct Section<'a> {
    records: &'a [(u64, Record<'static>)],
    /// Whether every line of the log is a record.
    is_whole: bool,
    /// Lines behind the last record that are none.
    damaged_last: usize,
}

impl Section<'_> {
    fn replay(&self, open: impl Fn(&Path) -> Option<FileContent>) -> Replayed {
        let base = match self.written() {
            Some(base) if self.is_whole && base.lost == 0 => Some(base),
            written => self.in_file(&open).or(written),
        };
        match base {
            Some(base) => self.replay_from(base),
            None => fragments(self.records, self.file()),
        }
    }

    /// The text as it was written out at the beginning, if it was.
    fn written(&self) -> Option<Base> {
        let (_, Record::Begin { chars: of, held: true, .. }) = &self.records[0] else { return None };
        let mut text = ropey::RopeBuilder::new();
        let (mut chars, mut lost, mut next) = (0, 0, 1);
        for (index, (_, record)) in self.records.iter().enumerate() {
            if let Record::Piece { at, text: piece } = record {
                lost += fill(&mut text, &mut chars, *at);
                text.append(piece);
                chars += piece.chars().count();
                next = index + 1;
            }
        }
        lost += fill(&mut text, &mut chars, *of);
        Some(Base { text: text.finish(), next, lost })
    }

    /// The text as the file has it, if that has the bytes it had at one of the places in the log.
    fn in_file(&self, open: &impl Fn(&Path) -> Option<FileContent>) -> Option<Base> {
        let mut read: Option<(PathBuf, Option<FileContent>)> = None;
        for (index, _) in self.records.iter().enumerate().rev() {
            let Some((next, file, chars)) = self.stated_file(index) else { continue };
            let TextFile { path: Some(path), based_on: Some(then), .. } = file else { continue };
            if read.as_ref().is_none_or(|(had, _)| *had != path) {
                read = Some((path.clone(), open(&path)));
            }
            if let Some((_, Some(content))) = &read
                && content.stamp.is_some_and(|now| now.same_content(&then))
            {
                let text = Rope::from_str(&content.text);
                if text.len_chars() == chars {
                    return Some(Base { text, next, lost: 0 });
                }
            }
        }
        None
    }

    /// The record after which the file holds the text, the file, and its length in chars; `None` if no record states
    /// it.
    fn stated_file(&self, index: usize) -> Option<(usize, TextFile, usize)> {
        match &self.records[index].1 {
            Record::Begin { file, chars, .. } | Record::Clean { file, chars } => {
                Some((index + 1, file.clone().into(), *chars))
            }
            Record::Saved { save, file } => {
                let before = self.records[..index].iter().enumerate().rev();
                let (next, chars) = before.into_iter().find_map(|(at, (_, record))| match record {
                    Record::Saving { save: begun, chars } if begun == save => Some((at + 1, *chars)),
                    _ => None,
                })?;
                Some((next, file.clone().into(), chars))
            }
            _ => None,
        }
    }

    fn replay_from(&self, base: Base) -> Replayed {
        let Base { mut text, next, mut lost } = base;
        let mut cursor = text.len_chars();
        let mut standing = Standing::Settled;
        // Unreadable records: all of them, and those since the last record of whether the text is saved.
        let (mut missing, mut missing_since) = (0, 0);
        let mut last = self.records[next - 1].0;
        for (number, record) in &self.records[next..] {
            let gap = number.saturating_sub(last + 1);
            (missing, missing_since, last) = (missing + gap, missing_since + gap, *number);
            match record {
                Record::Edit { of, at, cut, add } => {
                    lost += stretch(&mut text, *of, cursor, *at);
                    let at = (*at).min(text.len_chars());
                    text.remove(at..at.saturating_add(*cut).min(text.len_chars()));
                    text.insert(at, add);
                    cursor = at + add.chars().count();
                    standing = Standing::Unsaved;
                }
                Record::Clean { .. } => (standing, missing_since) = (Standing::Settled, 0),
                Record::Forgotten => (standing, missing_since) = (Standing::Forgotten, 0),
                _ => {}
            }
        }
        let behind = self.damaged_last as u64;
        if missing_since + behind > 0 {
            standing = Standing::Unsaved;
        }
        // A text whose writing was cut off has no change yet that could be lost.
        let is_cut_short = self.is_whole && next == self.records.len();
        let damage = match (missing + behind, lost) {
            (0, 0) => None,
            _ if is_cut_short => None,
            (1, 0) => Some("damaged: one change could not be read".to_owned()),
            (missing, 0) => Some(format!("damaged: {missing} changes could not be read")),
            (_, 1) => Some(format!("damaged: one character could not be read, {LOST} stands for it")),
            (_, lost) => {
                Some(format!("damaged: {lost} characters could not be read, {LOST} stands for them"))
            }
        };
        Replayed { file: self.file(), text, standing, damage }
    }

    /// The file by its latest record.
    fn file(&self) -> TextFile {
        let last = self.records.iter().rev().find_map(|(_, record)| match record {
            Record::Begin { file, .. }
            | Record::Clean { file, .. }
            | Record::Saved { file, .. }
            | Record::File(file) => Some(file),
            _ => None,
        });
        last.cloned().map(FileRecord::into).unwrap_or_default()
    }
}

/// Fills up to where the next piece begins; returns how many chars are missing.
fn fill(text: &mut ropey::RopeBuilder, chars: &mut usize, up_to: usize) -> usize {
    let lost = up_to.saturating_sub(*chars).min(MOST_LOST);
    if lost > 0 {
        text.append(&LOST.repeat(lost));
        *chars += lost;
    }
    lost
}

/// Brings the text to the length the next change was made to; returns how many chars are missing.
fn stretch(text: &mut Rope, of: usize, cursor: usize, at: usize) -> usize {
    let length = text.len_chars();
    if of > length {
        let lost = (of - length).min(MOST_LOST);
        text.insert(cursor.min(length), &LOST.repeat(lost));
        return lost;
    }
    // Something was removed: before the cursor, where Backspace does, or behind it.
    let more = length - of;
    let start = if at + more == cursor { at } else { cursor.min(length - more) };
    text.remove(start..start + more);
    0
}

/// The typed text alone, where the text around it is lost.
fn fragments(records: &[(u64, Record<'static>)], file: TextFile) -> Replayed {
    let mut text = String::new();
    let mut cursor = None;
    for (_, record) in records {
        if let Record::Edit { at, add, .. } = record {
            if cursor.is_some_and(|cursor| cursor != *at) && !add.is_empty() && !text.is_empty() {
                text.push('\n');
            }
            text.push_str(add);
            cursor = Some(at + add.chars().count());
        }
    }
    let of = file.path.as_ref().map_or(String::new(), |path| format!(" of {}", path.display()));
    let damage = format!("only what was typed: the text{of} around it was changed or lost");
    // Without its name, for it must not take the place of the whole text.
    let file = TextFile { form: file.form, ..TextFile::default() };
    let standing = if text.is_empty() { Standing::Settled } else { Standing::Unsaved };
    Replayed { file, text: Rope::from_str(&text), standing, damage: Some(damage) }
}
