//! A text in the form of its file: with a byte order mark, and with `\r\n` at the ends of lines, where the file has them.

use std::convert::Infallible;

use ropey::Rope;
use xxhash_rust::xxh3::Xxh3;

use editor::message::FileForm;

/// Calls `each` with the bytes of the file that holds `text`, part by part, until it fails.
pub(super) fn for_each_part<E>(
    text: &Rope,
    form: FileForm,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    if form.bom {
        each("\u{feff}".as_bytes())?;
    }
    for chunk in text.chunks() {
        if !form.crlf {
            each(chunk.as_bytes())?;
            continue;
        }
        for (index, line) in chunk.split('\n').enumerate() {
            if index > 0 {
                each(b"\r\n")?;
            }
            each(line.as_bytes())?;
        }
    }
    Ok(())
}

/// The XXH3 hash of the file that holds `text`.
pub fn hash(text: &Rope, form: FileForm) -> u128 {
    let mut hash = Xxh3::new();
    let Ok(()) = for_each_part(text, form, |bytes| {
        hash.update(bytes);
        Ok::<_, Infallible>(())
    });
    hash.digest128()
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;

    #[test]
    fn a_text_has_the_hash_of_its_file() {
        let text = "one\n\ntwo\n".repeat(1_000);
        for (crlf, bom) in [(false, false), (true, false), (false, true), (true, true)] {
            let lines = if crlf { text.replace('\n', "\r\n") } else { text.clone() };
            let bytes = if bom { format!("\u{feff}{lines}") } else { lines };
            let found = hash(&Rope::from_str(&text), FileForm { crlf, bom });
            assert_eq!(found, xxh3_128(bytes.as_bytes()), "crlf: {crlf}, bom: {bom}");
        }
    }
}
