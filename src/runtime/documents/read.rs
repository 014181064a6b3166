//! Opening a text file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::{FileError, check_regular, stamp_of};
use editor::message::{FileContent, FileForm};

/// The longest file that is opened, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

const BOM: &str = "\u{feff}";

/// Reads a file. One that does not exist is empty, and is made on saving.
///
/// Lines that all end in `\r\n` are turned to `\n` and back on saving. Where the endings are mixed the text is left
/// as it is, so that what was not edited is saved byte for byte.
///
/// # Errors
/// When it is no regular file, longer than [`MAX_BYTES`], not UTF-8, or cannot be read.
pub fn open(path: &Path) -> Result<FileContent, FileError> {
    let failed = |source| FileError::from_io("read", path, source);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(missing(path)),
        Err(error) => return Err(failed(error)),
    };
    check_regular(path, &metadata)?;
    if metadata.len() > MAX_BYTES {
        return Err(FileError::TooLarge { path: path.to_path_buf(), length: metadata.len() });
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    // A file may grow while it is read, and those under /proc have length 0: a limit ends the reading.
    let length = file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)? as u64;
    if length > MAX_BYTES {
        return Err(FileError::TooLarge { path: path.to_path_buf(), length });
    }
    let stamp = stamp_of(&metadata, xxh3_128(&bytes));
    let guess = guess_encoding(&bytes);
    let text = String::from_utf8(bytes).map_err(|error| FileError::NotUtf8 {
        path: path.to_path_buf(),
        at: error.utf8_error().valid_up_to(),
        guess,
    })?;
    let bom = text.starts_with(BOM);
    let crlf = all_lines_end_in_crlf(&text);
    let text = match (bom, crlf) {
        (_, true) => text.strip_prefix(BOM).unwrap_or(&text).replace("\r\n", "\n"),
        (true, false) => text[BOM.len()..].to_owned(),
        (false, false) => text,
    };
    Ok(FileContent {
        path: path.to_path_buf(),
        text,
        exists: true,
        form: FileForm { crlf, bom },
        read_only: metadata.permissions().readonly() || !may_write(path),
        stamp: Some(stamp),
    })
}

fn missing(path: &Path) -> FileContent {
    FileContent {
        path: path.to_path_buf(),
        text: String::new(),
        exists: false,
        form: FileForm::default(),
        read_only: false,
        stamp: None,
    }
}

/// Whether the system lets this process open the file for writing. Opening alone changes nothing.
pub(super) fn may_write(path: &Path) -> bool {
    std::fs::OpenOptions::new().write(true).open(path).is_ok()
}

fn all_lines_end_in_crlf(text: &str) -> bool {
    let newlines = text.bytes().filter(|&byte| byte == b'\n').count();
    newlines > 0 && text.matches("\r\n").count() == newlines
}

/// The likeliest encoding of bytes that are not UTF-8, by its name in `iconv`.
fn guess_encoding(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16",
        _ if bytes.iter().any(|byte| (0x80..0xa0).contains(byte)) => "WINDOWS-1252",
        _ => "ISO-8859-1",
    }
}
