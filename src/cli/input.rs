//! Standard input, line by line.

use std::io::{BufRead, Read};

use anyhow::{Context as _, bail, ensure};

/// The longest line that is taken, in bytes: a line is one candidate or one request, not a library.
const LONGEST_LINE: u64 = 1 << 20;

/// The next line without its end; `None` at the end of the input.
pub(super) fn read_line(input: &mut impl BufRead, number: u64) -> anyhow::Result<Option<String>> {
    let mut line = Vec::new();
    input
        .by_ref()
        .take(LONGEST_LINE + 2)
        .read_until(b'\n', &mut line)
        .with_context(|| format!("standard input cannot be read (line {number})"))?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    ensure!(
        line.len() as u64 <= LONGEST_LINE,
        "line {number} of standard input is longer than {LONGEST_LINE} bytes; give one candidate or request a line, or \
         measure a whole text with `foreword eval`"
    );
    match String::from_utf8(line) {
        Ok(line) => Ok(Some(line)),
        Err(error) => bail!(
            "line {number} of standard input is not UTF-8 text (byte {} is not); convert it first, for instance with \
             `iconv -f ISO-8859-1 -t UTF-8`",
            error.utf8_error().valid_up_to()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut input: &[u8]) -> anyhow::Result<Vec<String>> {
        (1..).map_while(|number| read_line(&mut input, number).transpose()).collect()
    }

    #[test]
    fn every_line_is_one_and_the_last_needs_no_end() {
        assert_eq!(lines(b"a\r\n\nb\r\rc\n d").unwrap(), ["a", "", "b\r\rc", " d"]);
        assert!(lines(b"").unwrap().is_empty());
        let longest = "x".repeat(LONGEST_LINE as usize);
        assert_eq!(lines(format!("{longest}\r\ny").as_bytes()).unwrap(), [longest.as_str(), "y"]);
    }

    #[test]
    fn lines_that_cannot_be_read_are_named() {
        let too_long = "x".repeat(LONGEST_LINE as usize + 1);
        let endless = std::io::repeat(b'x').take(1 << 40);
        let said = read_line(&mut std::io::BufReader::new(endless), 7).unwrap_err().to_string();
        assert!(said.contains("line 7") && said.contains("1048576"), "{said}");
        for (input, cause) in
            [(format!("a\n{too_long}\n").into_bytes(), "longer than"), (b"a\nb\xff".into(), "byte 1")]
        {
            let said = lines(&input).unwrap_err().to_string();
            assert!(said.contains("line 2") && said.contains(cause), "{said}");
        }
    }
}
