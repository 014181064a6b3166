//! Where a text holds a secret: the value itself, not its line.
//!
//! One detector serves folder and typing: `learn::corpus` removes the values from documents, `suggest` neither learns
//! nor offers them. In reading order:
//!
//! - `labels` finds the names that values stand behind (`password:`, `PIN`, `비밀번호는`); `value` decides whether what follows such
//!   a name (`place`) is a value. `below` does so for the next lines, `groups` for values in groups, `columns` for tables.
//! - `shapes` recognises tokens by their form, logins in addresses and commands, and blocks of private keys.
//! - `numbers` recognises cards, accounts and national ids by their check digits; `phrase` runs of seed words.
//! - `again` finds known values where they stand without their names.
//! - `typography` levels quotes, dashes and blanks, so that a secret is found however it is set.
//! - `words` lists the words that are no secret; `pattern` compiles regular expressions.
//!
//! Not every secret is found: a password in mid-sentence that is also a word is not. In return prose, links, dates and names in code
//! are left alone. Every rule takes time linear in the text.
//!
//! ```
//! use secrets::{Kind, find};
//! let text = "The router's password is Kettle-1971, and tea is at four.";
//! let found = find(text);
//! assert_eq!((&text[found[0].range.clone()], found[0].kind), ("Kettle-1971", Kind::Password));
//! ```
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

use std::ops::Range;

mod again;
mod below;
mod columns;
mod groups;
mod labels;
mod numbers;
mod pattern;
mod phrase;
mod place;
mod shapes;
mod typography;
mod value;
mod words;

use typography::Levelled;

pub use again::{Values, find_again};
pub use typography::levelled;

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A password or passphrase.
    Password,
    /// A PIN, or a one-time, recovery or access code.
    Code,
    /// A key or token that a program hands over.
    Token,
    /// A private key.
    PrivateKey,
    /// The words a wallet is restored from.
    SeedPhrase,
    /// A payment card's number.
    Card,
    /// A bank account.
    Account,
    /// The number of a person's papers.
    Identity,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

impl Secret {
    fn new(range: Range<usize>, kind: Kind) -> Self {
        Self { range, kind }
    }
}

/// The secrets of a text, in its order; none overlap. They are found in whatever typography.
pub fn find(text: &str) -> Vec<Secret> {
    let Some(level) = Levelled::changed(text) else { return find_in_level(text) };
    let written = |secret: Secret| Secret { range: level.written(&secret.range), ..secret };
    find_in_level(&level.text).into_iter().map(written).collect()
}

fn find_in_level(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    value::find(text, &mut found);
    shapes::find(text, &mut found);
    numbers::find(text, &mut found);
    phrase::find(text, &mut found);
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut apart: Vec<Secret> = Vec::with_capacity(found.len());
    for secret in found {
        match apart.last_mut() {
            Some(last) if secret.range.start < last.range.end => {
                last.range.end = last.range.end.max(secret.range.end);
            }
            _ => apart.push(secret),
        }
    }
    apart
}

/// Whether `text` ends right behind a name such as `password: `, or in the first word after it: where a secret comes.
pub fn is_awaited(text: &str) -> bool {
    value::is_awaited(&levelled(text))
}

/// Whether a value is an everyday word, which identifies nothing where it stands alone.
pub fn is_common(value: &str) -> bool {
    words::is_common(value)
}

/// Whether a value of one word may be removed wherever else it stands: it is at least four characters and no everyday
/// word.
pub fn is_telling(value: &str) -> bool {
    value.chars().count() >= 4 && !words::is_common(value)
}

/// Whether a letter or digit stands right before byte `at`.
fn is_inside_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Bytes before and after a place that a rule may read. The limit keeps the time linear.
const NEAR: usize = 400;

/// The bytes of the line around byte `at`, without its line feed, up to [`NEAR`] bytes in each direction.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let (low, high) = (floor(text, at.saturating_sub(NEAR)), floor(text, (at + NEAR).min(text.len())));
    let start = text[low..at].rfind('\n').map_or(low, |feed| low + feed + 1);
    let end = text[at..high].find('\n').map_or(high, |feed| at + feed);
    start..end
}

/// The last place at or before byte `at` where a character begins.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
