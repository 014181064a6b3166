//! What a log looks like on disk: one record a line, each with its number and a checksum.
//!
//! ```text
//! 0c3f9a1b52d7e604 7 {"edit":{"of":812,"at":812,"cut":0,"add":"s"}}
//! └ XXH3 of what   │ └ the record, as JSON
//!   follows        └ its number in this log
//! ```
//!
//! JSON has no line feed inside a record, so a reader finds the next record behind any damage. The numbers tell how
//! many are missing. Any text editor can open such a file.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use editor::effect::TextFile;
use editor::message::{FileForm, FileStamp};

/// The version of this format.
pub(super) const VERSION: u32 = 2;

/// Hexadecimal digits of a checksum.
const CHECKSUM: usize = 16;

/// One record of a log. Positions and lengths are counted in chars, as in [`Edit`](editor::text::Edit).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record<'a> {
    /// The first of every log.
    Head { foreword_journal: u32 },
    /// From here on the log is about this document. Written twice in a row, for all the rest hangs on it.
    Begin {
        document: u64,
        file: FileRecord,
        /// The length of the text that the edits begin with.
        chars: usize,
        /// Whether that text follows as pieces. Otherwise it is the text of `file`.
        held: bool,
    },
    /// A piece of the text that the edits begin with.
    Piece { at: usize, text: Cow<'a, str> },
    /// In a text of `of` chars, `cut` chars at `at` gave way to `add`.
    Edit { of: usize, at: usize, cut: usize, add: Cow<'a, str> },
    /// The text belongs to this file now, or the file is another one.
    File(FileRecord),
    /// The text as it stands here, of `chars` chars, is being saved.
    Saving { save: u64, chars: usize },
    /// That has been done: the file now holds the text as it was there.
    Saved { save: u64, file: FileRecord },
    /// The text, of `chars` chars, is that of the file.
    Clean { file: FileRecord, chars: usize },
    /// The writer does not want the text.
    Forgotten,
}

/// A [`TextFile`] on disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct FileRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// A path that is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_bytes: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    crlf: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bom: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    based_on: Option<StampRecord>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StampRecord {
    modified_ns: u128,
    length: u64,
    hash: u128,
}

impl From<&TextFile> for FileRecord {
    fn from(file: &TextFile) -> Self {
        let (path, path_bytes) = match &file.path {
            None => (None, None),
            Some(path) => match path.to_str() {
                Some(text) => (Some(text.to_owned()), None),
                None => (None, Some(bytes_of(path))),
            },
        };
        let FileForm { crlf, bom } = file.form;
        let based_on = file.based_on.map(|stamp| {
            let FileStamp { modified_ns, length, hash } = stamp;
            StampRecord { modified_ns, length, hash }
        });
        Self { path, path_bytes, crlf, bom, based_on }
    }
}

impl From<FileRecord> for TextFile {
    fn from(record: FileRecord) -> Self {
        let path = record.path.map(PathBuf::from).or_else(|| record.path_bytes.map(path_of));
        let based_on = record.based_on.map(|stamp| {
            let StampRecord { modified_ns, length, hash } = stamp;
            FileStamp { modified_ns, length, hash }
        });
        Self { path, form: FileForm { crlf: record.crlf, bom: record.bom }, based_on }
    }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Appends a record to `out`.
///
/// # Errors
/// None that is known of: JSON can hold every record.
pub(super) fn encode(number: u64, record: &Record<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    use std::io::Write;
    let start = out.len();
    out.extend_from_slice(&[b'0'; CHECKSUM]);
    write!(out, " {number} ")?;
    serde_json::to_writer(&mut *out, record)?;
    let checksum = format!("{:016x}", xxh3_64(&out[start + CHECKSUM..]));
    out[start..start + CHECKSUM].copy_from_slice(checksum.as_bytes());
    out.push(b'\n');
    Ok(())
}

/// Appends a record twice, as two records. Between them is an empty line, so that no single byte is part of both.
///
/// # Errors
/// As [`encode`].
pub(super) fn encode_twice(number: u64, record: &Record<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    encode(number, record, out)?;
    out.push(b'\n');
    encode(number + 1, record, out)
}

/// What was found in a log.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The records that are as they were written, with their numbers.
    pub(super) records: Vec<(u64, Record<'static>)>,
    /// Lines that are not. A last line that was not written to its end is none of them.
    pub(super) damaged: usize,
    /// How many of those come behind all records.
    pub(super) damaged_last: usize,
}

/// Finds the records in the bytes of a log.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let mut found = Scan::default();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match decode(line.strip_suffix(b"\n").unwrap_or(line)) {
            None if line == b"\n" => {}
            Some(record) => {
                found.records.push(record);
                found.damaged_last = 0;
            }
            None if line.ends_with(b"\n") => {
                found.damaged += 1;
                found.damaged_last += 1;
            }
            None => {}
        }
    }
    found
}

fn decode(line: &[u8]) -> Option<(u64, Record<'static>)> {
    let (checksum, rest) = line.split_at_checked(CHECKSUM)?;
    let checksum = u64::from_str_radix(std::str::from_utf8(checksum).ok()?, 16).ok()?;
    if xxh3_64(rest) != checksum {
        return None;
    }
    let (number, record) = std::str::from_utf8(rest).ok()?.strip_prefix(' ')?.split_once(' ')?;
    Some((number.parse().ok()?, serde_json::from_str(record).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> FileStamp {
        FileStamp { modified_ns: u128::MAX - 1, length: u64::MAX, hash: u128::MAX }
    }

    fn records() -> Vec<Record<'static>> {
        let file = TextFile {
            path: Some("/notes/süß \"a\".md".into()),
            form: FileForm { crlf: true, bom: false },
            based_on: Some(stamp()),
        };
        vec![
            Record::Head { foreword_journal: VERSION },
            Record::Begin { document: 3, file: (&file).into(), chars: 5, held: true },
            Record::Piece { at: 0, text: "a\nb\r\u{2028}".into() },
            Record::Edit { of: 5, at: 2, cut: 1, add: "\0 \u{1f600}\"\\".into() },
            Record::File((&TextFile::default()).into()),
            Record::Saving { save: 4, chars: 9 },
            Record::Saved { save: 4, file: (&file).into() },
            Record::Clean { file: (&file).into(), chars: 9 },
            Record::Forgotten,
        ]
    }

    fn written(records: &[Record<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, record) in records.iter().enumerate() {
            encode(number as u64, record, &mut bytes).unwrap();
        }
        bytes
    }

    #[test]
    fn what_is_written_is_read_back() {
        let found = scan(&written(&records()));
        let numbered: Vec<_> = (0..).zip(records()).collect();
        assert_eq!((found.records, found.damaged), (numbered, 0));
    }

    #[cfg(unix)]
    #[test]
    fn files_come_back_with_name_form_and_stamp() {
        use std::os::unix::ffi::OsStringExt;
        let name = std::ffi::OsString::from_vec(b"/n\xff\xfe/caf\xe9.md".to_vec());
        for file in [
            TextFile::default(),
            TextFile { path: Some("/a b".into()), form: FileForm { crlf: false, bom: true }, based_on: None },
            TextFile { path: Some(name.into()), form: FileForm::default(), based_on: Some(stamp()) },
        ] {
            let line = written(&[Record::File((&file).into())]);
            let Some((_, Record::File(record))) = scan(&line).records.pop() else { panic!("{line:?}") };
            assert_eq!(TextFile::from(record), file);
        }
    }

    #[test]
    fn a_changed_byte_costs_its_own_record_and_a_lost_line_end_the_one_behind_it_too() {
        let (all, bytes) = (records(), written(&records()));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            let left = scan(&changed).records;
            let lost = if bytes[at] == b'\n' { 2 } else { 1 };
            // The line end of the last record has no record behind it.
            assert!(left.len() >= all.len() - lost, "{at}");
            assert!(left.iter().all(|(number, record)| all[*number as usize] == *record), "{at}");
        }
    }

    #[test]
    fn a_cut_log_is_no_damaged_one() {
        let bytes = written(&records());
        for length in 0..bytes.len() {
            let found = scan(&bytes[..length]);
            let whole = bytes[..length].split(|&byte| byte == b'\n').count() - 1;
            assert!((whole..=whole + 1).contains(&found.records.len()), "{length}");
            assert_eq!(found.damaged, 0, "{length}");
        }
    }
}
