//! Numbers that prove themselves by check digits: cards, bank accounts, national ids.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern::compile;
use super::{Kind, Secret, floor};

/// Digits in groups: what stands between two is a blank of any width, a stop or a dash, at most two of them.
static RUN: LazyLock<Regex> = LazyLock::new(|| {
    compile("[0-9](?:[ .\u{a0}\u{2007}\u{2009}\u{202f}\u{2011}\u{2013}\t-]{0,2}[0-9]){8,40}")
});
/// An account's number by ISO 13616, in groups or not.
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| compile("[A-Za-z]{2}[0-9]{2}(?:[ \u{a0}\u{202f}-]?[A-Za-z0-9]){11,30}"));
/// National ids by their form; the check below confirms them.
static IDENTITY: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        "(?-u)[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[1-8][0-9]{6}|[0-9XYZ][0-9]{7}-?[A-Z]|[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}|[0-9]{17}[0-9Xx]|[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]|[12] ?[0-9]{2} ?[01][0-9] ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}|(?:19|20)?[0-9]{6}[-+][0-9]{4}",
    )
});

/// Finds numbers by their check digits.
pub(super) fn find(text: &str, found: &mut Vec<Secret>) {
    for run in RUN.find_iter(text) {
        cards(text, run.range(), found);
    }
    let mut at = 0;
    while let Some(candidate) = ACCOUNT.find_at(text, at) {
        let range = candidate.range();
        let is_start = !text[..range.start].ends_with(|c: char| c.is_alphanumeric());
        if is_start && let Some(end) = account_end(&text[range.clone()]) {
            let end = range.start + end;
            if !text[end..].starts_with(|c: char| c.is_alphanumeric()) {
                found.push(Secret::new(range.start..end, Kind::Account));
                at = end;
                continue;
            }
        }
        // A number may begin inside the candidate that failed.
        at = range.start + 1;
    }
    for identity in IDENTITY.find_iter(text) {
        if !is_part_of_word(text, &identity.range())
            && is_identity(identity.as_str())
            && !is_in_link(text, identity.start())
        {
            found.push(Secret::new(identity.range(), Kind::Identity));
        }
    }
}

/// Whether letters, digits or joints stand around a number.
fn is_part_of_word(text: &str, range: &Range<usize>) -> bool {
    let before = &text[..range.start];
    let after = &text[range.end..];
    let is_joined = |c: char| matches!(c, '-' | '.' | '/' | '_' | '+' | '#');
    before.ends_with(char::is_alphanumeric)
        || after.starts_with(char::is_alphanumeric)
        || (before.ends_with(is_joined)
            && before.trim_end_matches(is_joined).ends_with(char::is_alphanumeric))
        || (after.starts_with(is_joined) && after[1..].starts_with(char::is_alphanumeric))
        || is_in_link(text, range.start)
}

/// Whether a place is in a link.
fn is_in_link(text: &str, at: usize) -> bool {
    let low = floor(text, at.saturating_sub(super::NEAR));
    let start = text[low..at].rfind(char::is_whitespace).map_or(low, |blank| low + blank);
    text[start..at].contains("://")
}

/// The cards in a run of groups of digits.
fn cards(text: &str, run: Range<usize>, found: &mut Vec<Secret>) {
    let groups: Vec<Range<usize>> =
        groups(&text[run.clone()]).map(|group| run.start + group.start..run.start + group.end).collect();
    let mut first = 0;
    while first < groups.len() {
        let last = (first..groups.len().min(first + 6)).rev().find(|&last| {
            let digits: String = groups[first..=last].iter().map(|group| &text[group.clone()]).collect();
            let lengths: Vec<usize> = groups[first..=last].iter().map(Range::len).collect();
            // More groups of four than a card has are a table, whose digits pass the check by coincidence.
            let is_of_table = |index: Option<usize>| {
                index.and_then(|index| groups.get(index)).is_some_and(|group| group.len() == 4)
            };
            let is_alone =
                lengths.len() == 1 || !(is_of_table(first.checked_sub(1)) || is_of_table(Some(last + 1)));
            !is_part_of_word(text, &(groups[first].start..groups[last].end))
                && is_grouped(&lengths)
                && (is_card(&digits) || is_unchecked(&lengths, &digits))
                && (is_alone || is_named_card(text, groups[first].start))
        });
        match last {
            Some(last) => {
                found.push(Secret::new(groups[first].start..groups[last].end, Kind::Card));
                first = last + 1;
            }
            None => first += 1,
        }
    }
}

fn groups(run: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + run[at..].find(|c: char| c.is_ascii_digit())?;
        at = run[start..].find(|c: char| !c.is_ascii_digit()).map_or(run.len(), |end| start + end);
        Some(start..at)
    })
}

/// The ways cards are printed.
#[expect(clippy::unnested_or_patterns, reason = "one way a line")]
fn is_grouped(lengths: &[usize]) -> bool {
    matches!(
        lengths,
        [13..=19]
            | [4, 4, 4, 1..=4]
            | [4, 4, 4, 4, 1..=3]
            | [4, 6, 5]
            | [4, 6, 4]
            | [2, 4, 4, 4]
            | [4, 3, 3, 3]
            | [6, 13]
            | [6, 10]
            | [8, 8]
    )
}

/// Whether the words before speak of a card.
fn is_named_card(text: &str, at: usize) -> bool {
    const NAMES: [&str; 11] = [
        "card",
        "visa",
        "karte",
        "carte",
        "tarjeta",
        "cartão",
        "carta",
        "amex",
        "mastercard",
        "카드",
        "カード",
    ];
    let before = text[floor(text, at.saturating_sub(40))..at].to_lowercase();
    NAMES.iter().any(|name| before.contains(name))
}

/// Whether digits are a payment card's: a known issuer's beginning, its length, and Luhn's check.
fn is_card(digits: &str) -> bool {
    let begins = |length: usize| digits.get(..length).and_then(|head| head.parse::<u32>().ok()).unwrap_or(0);
    let (one, two, three, four) = (begins(1), begins(2), begins(3), begins(4));
    let is_issued = match digits.len() {
        13 => one == 4,
        14 => matches!(two, 36 | 38 | 39) || matches!(three, 300..=305),
        15 => matches!(two, 34 | 37),
        16 => {
            one == 4
                || matches!(two, 50..=58 | 60 | 62 | 63..=69)
                || matches!(four, 2200..=2204 | 2221..=2720 | 3528..=3589)
        }
        17 | 18 => two == 62,
        19 => one == 4 || matches!(two, 62 | 65) || four == 6011,
        _ => false,
    };
    is_issued && digits.bytes().any(|byte| byte != digits.as_bytes()[1]) && passes_luhn(digits)
}

/// `UnionPay`'s long cards have no check digit; they are recognised by how they are printed.
fn is_unchecked(lengths: &[usize], digits: &str) -> bool {
    lengths == [4, 4, 4, 4, 3] && digits.starts_with("62")
}

/// Luhn's check (US patent 2,950,048): from the right, every second digit is doubled, the digits of all are summed.
pub(super) fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Lengths of account numbers by country (the ISO 13616 registry).
const LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27\
    GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25\
    QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/// Where an account's number ends, in bytes, if the text begins with one.
fn account_end(text: &str) -> Option<usize> {
    let country = text.get(..2)?.to_ascii_uppercase();
    let entry = LENGTHS.as_bytes().chunks(4).find(|entry| &entry[..2] == country.as_bytes())?;
    let length = usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0');
    let mut number = String::new();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c.is_ascii_alphanumeric() {
            number.push(c.to_ascii_uppercase());
            end = at + 1;
            if number.len() == length {
                break;
            }
        }
    }
    (number.len() == length && remainder(&number) == 1).then_some(end)
}

/// ISO 7064, MOD 97-10: the first four characters go last, letters count from 10.
fn remainder(number: &str) -> u32 {
    let moved = number[4..].chars().chain(number[..4].chars());
    moved.fold(0, |so_far, c| {
        let value = c.to_digit(36).unwrap_or(0);
        (so_far * if value > 9 { 100 } else { 10 } + value) % 97
    })
}

/// Whether a national id agrees with its own check.
fn is_identity(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits: Vec<u32> = plain.chars().map(|c| c.to_digit(36).unwrap_or(0)).collect();
    let number = |range: Range<usize>| plain[range].parse::<u64>().unwrap_or(0);
    let is_date = |month: u64, day: u64| (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_numeric = plain.bytes().all(|byte| byte.is_ascii_digit());
    match plain.len() {
        // United States: no area 000, 666 or 9xx, no empty group.
        9 if is_numeric && text.contains('-') => {
            !matches!(number(0..3), 0 | 666 | 900..=999) && number(3..5) > 0 && number(5..9) > 0
        }
        // Spain: the letter is the rest of the division by 23.
        9 if plain.ends_with(|c: char| c.is_ascii_uppercase())
            && plain[1..8].bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            let first = match plain.as_bytes()[0] {
                b'X' => 0,
                b'Y' => 1,
                b'Z' => 2,
                digit => u64::from(digit.wrapping_sub(b'0')),
            };
            let letter = b"TRWAGMYFPDXBNJZSQVHLCKE"[((first * 10_000_000 + number(1..8)) % 23) as usize];
            first < 10 && plain.as_bytes()[8] == letter
        }
        // United Kingdom: its form alone, which is its own.
        9 => {
            !matches!(&plain[..2], "BG" | "GB" | "KN" | "NK" | "NT" | "TN" | "ZZ")
                && plain[..2].bytes().all(|byte| byte.is_ascii_uppercase())
        }
        // Sweden: Luhn over a date and a number.
        10 | 12 if is_numeric && (text.contains('-') || text.contains('+')) => {
            let short = &plain[plain.len() - 10..];
            let month = short[2..4].parse().unwrap_or(0);
            let day: u64 = short[4..6].parse().unwrap_or(0);
            is_date(month, day % 60) && passes_luhn(short)
        }
        // Brazil: two digits, each the rest of a weighted sum by 11.
        11 if text.contains('.') => {
            let check = |length: usize| {
                let sum: u32 = (0..length).map(|at| digits[at] * (length + 1 - at) as u32).sum();
                sum * 10 % 11 % 10
            };
            digits.iter().any(|digit| *digit != digits[0]) && check(9) == digits[9] && check(10) == digits[10]
        }
        // Korea: a date and a number; those given out since 2020 have no check.
        13 if text.as_bytes()[6] == b'-' => is_date(number(2..4), number(4..6)),
        // France: 97 less the rest of the division by 97.
        15 if is_numeric => {
            is_date(number(3..5).clamp(1, 13), 1) && number(13..15) == 97 - number(0..13) % 97
        }
        // Italy: letters and digits weigh differently at odd places.
        16 => is_italian(plain.as_bytes()),
        // China: a date, and weights by 11 (ISO 7064, MOD 11-2).
        18 => {
            const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
            let sum: u32 = WEIGHTS.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
            let check = b"10X98765432"[(sum % 11) as usize];
            is_date(number(10..12), number(12..14)) && plain.as_bytes()[17].to_ascii_uppercase() == check
        }
        _ => false,
    }
}

fn is_italian(code: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: u32 = code[..15]
        .iter()
        .enumerate()
        .map(|(at, &byte)| {
            let value = u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte.wrapping_sub(b'A') });
            if at % 2 == 0 { ODD.get(value as usize).copied().unwrap_or(0) } else { value }
        })
        .sum();
    u32::from(code[15].wrapping_sub(b'A')) == sum % 26
}
