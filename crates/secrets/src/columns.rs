//! The passwords in tables, as password managers write them.

use std::ops::Range;

use super::labels::{Class, class_of, folded};
use super::words::is_placeholder;
use super::{Kind, Secret};

/// The tables of password managers: a line that names columns, one of them the passwords', and lines of as many fields below it.
pub(super) fn find(text: &str, found: &mut Vec<Secret>) {
    let mut column: Option<(char, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end();
        if line.is_empty() {
            column = None;
            continue;
        }
        if let Some((comma, index)) = column {
            let Some(range) = field(line, comma, index) else {
                column = None;
                continue;
            };
            let value = &line[range.clone()];
            if value.chars().count() >= 3
                && !is_placeholder(value)
                && !value.chars().all(|c| "-: ".contains(c))
            {
                found.push(Secret::new(start + range.start..start + range.end, Kind::Password));
            }
        } else {
            column = header(line);
        }
    }
}

/// What a table of two columns has beside the passwords.
const LOGINS: [&str; 12] = [
    "user", "username", "login", "email", "account", "site", "website", "url", "host", "service", "benutzer",
    "konto",
];

/// The sign between columns and the number of the passwords' one, if a line names columns.
fn header(line: &str) -> Option<(char, usize)> {
    [',', ';', '\t', '|'].into_iter().find_map(|comma| {
        let names: Vec<String> =
            line.split(comma).map(|name| folded(name.trim_matches(|c: char| "\"'* ".contains(c)))).collect();
        let is_name = |name: &str| name.chars().count() <= 24 && !name.contains(|c: char| ".:=".contains(c));
        let is_password = |name: &String| {
            let name = name.strip_prefix("login").unwrap_or(name);
            matches!(class_of(name), Some(Class::Password | Class::Pin)) && name != "pass"
        };
        let is_login = |name: &String| LOGINS.contains(&name.as_str());
        let is_header = names.len() >= 3 || (names.len() == 2 && names.iter().any(is_login));
        (is_header && names.iter().all(|name| is_name(name)))
            .then(|| names.iter().position(is_password))
            .flatten()
            .map(|index| (comma, index))
    })
}

/// The bytes of a line's field, without quotes and blanks.
fn field(line: &str, comma: char, index: usize) -> Option<Range<usize>> {
    let mut start = 0;
    let mut in_quotes = false;
    let mut number = 0;
    for (at, c) in line.char_indices().chain([(line.len(), comma)]) {
        in_quotes ^= c == '"';
        if c == comma && (!in_quotes || at == line.len()) {
            if number == index {
                let inner = line[start..at].trim_matches(|c: char| c == '"' || c.is_whitespace());
                let from = start + line[start..at].find(inner)?;
                return Some(from..from + inner.len());
            }
            number += 1;
            start = at + c.len_utf8();
        }
    }
    None
}
