//! What stands in groups behind a name: recovery codes, accounts, numbers of papers, seed phrases.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern::{compile, is_blank};
use super::words::{is_date, is_said, makes_sentence};
use super::{NEAR, floor, phrase};

/// Codes one after another, over several lines too.
pub(super) fn codes(text: &str, start: usize) -> Vec<Range<usize>> {
    static CODE: LazyLock<Regex> =
        LazyLock::new(|| compile("^[A-Za-z0-9]{4,64}(?:-[A-Za-z0-9]{2,64}){0,12}={0,6}"));
    const MOST: usize = 40;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    while ranges.len() < MOST {
        let mut from = at + lead(&text[at..]);
        // `1. 4821-9375`
        let numbered = text[from..].find(|c: char| !c.is_ascii_digit()).filter(|&end| end > 0 && end <= 2);
        if let Some(end) = numbered
            && text[from + end..].starts_with(['.', ')', ':'])
        {
            from += end + 1;
            from += text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len();
        }
        if let Some(length) = groups_of_letters(&text[from..]) {
            at = from + length;
            ranges.push(from..at);
            continue;
        }
        let Some(code) = CODE.find(&text[from..]) else { break };
        let value = code.as_str();
        let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
        let is_of = |is: fn(&u8) -> bool| value.bytes().filter(|byte| *byte != b'-').all(|byte| is(&byte));
        let is_plain =
            is_of(u8::is_ascii_digit) || is_of(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let first = value.split('-').next().map_or(0, str::len);
        let is_even = value.contains('-') && value.split('-').all(|part| part.len() == first);
        let is_code = (is_plain && (ranges.is_empty() || value.len() >= 3))
            || (has_digit && value.len() >= 6)
            || (is_even && first >= 4 && is_of(u8::is_ascii_lowercase));
        let is_followed =
            text[from + code.end()..].starts_with(|c: char| c.is_alphanumeric() || "/@".contains(c));
        let is_year =
            value.len() == 4 && ranges.is_empty() && (value.starts_with("19") || value.starts_with("20"));
        if !is_code || is_followed || is_year {
            break;
        }
        at = from + code.end();
        ranges.push(from..at);
    }
    ranges
}

/// Bytes between two codes: blanks, commas, and the marks of a list.
fn lead(text: &str) -> usize {
    let is_between = |c: char| c.is_whitespace() || is_blank(c) || ",;|*•\"'`".contains(c);
    let mut rest = text.trim_start_matches(is_between);
    while let Some(item) = ["- ", "+ ", "– ", "[ ] ", "[x] "].iter().find_map(|mark| rest.strip_prefix(mark))
    {
        rest = item.trim_start_matches(is_between);
    }
    text.len() - rest.len()
}

/// Bytes of groups of one length, as set-up pages print a secret: `jbsw y3dp ehpk 3pxp`. A group with both digits and
/// letters is no word. Four groups of four count too, if they make no sentence and stand alone on their line.
fn groups_of_letters(text: &str) -> Option<usize> {
    const MOST: usize = 20;
    let near = &text[..floor(text, NEAR.min(text.len()))];
    let line = near.lines().next().unwrap_or_default();
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    let groups: Vec<&str> = line.split(' ').take(MOST).collect();
    let length = groups.first().map(|group| group.find(|c| !is_letter(c)).unwrap_or(group.len()))?;
    let is_group = |group: &&&str| group.len() == length && group.chars().all(is_letter);
    let mut count = groups.iter().take_while(is_group).count();
    // A stop or a comma may follow the last.
    let last = groups.get(count).filter(|group| {
        group.len() > length
            && group.as_bytes()[..length].iter().all(u8::is_ascii_alphanumeric)
            && group[length..].starts_with(['.', ',', ';', ')'])
    });
    count += usize::from(last.is_some());
    if count < 2 || !(4..=8).contains(&length) {
        return None;
    }
    let of_run = || groups[..count].iter().map(|group| &group[..length]);
    let has = |group: &str, is: fn(&u8) -> bool| group.as_bytes().iter().any(is);
    let is_mixed =
        of_run().any(|group| has(group, u8::is_ascii_digit) && has(group, u8::is_ascii_alphabetic));
    let is_whole = count == groups.len() || last.is_some_and(|last| last.len() == length + 1);
    let is_secret = is_mixed
        || (length == 4
            && count >= 4
            && is_whole
            && of_run().all(|group| has(group, u8::is_ascii_alphabetic)));
    (is_secret && !of_run().any(is_said)).then_some(count * (length + 1) - 1)
}

/// What may stand between the name of an account or of papers and its number: `number`, `is`, a sign.
const BETWEEN: &str = r"^(?:(?i:number|nummer|no\.?|nr\.?|num\.?|numéro|número|is|ist|est|es|é|code|für|for)?[␠:=#.：]+){0,3}(?:は|是|는|은|이)?[␠]*";

fn behind_between(pattern: &str) -> Regex {
    compile(&format!("{BETWEEN}(?P<v>{pattern})(?:[^A-Za-z0-9]|$)"))
}

/// `12345678`, `20-00-00`, a bank's code.
pub(super) fn account(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    static ACCOUNT: LazyLock<Regex> =
        LazyLock::new(|| behind_between(r"[0-9][0-9 \-]{4,24}[0-9]|[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"));
    let found =
        ACCOUNT.captures(&text[start..end]).and_then(|found| found.name("v").map(|value| value.range()));
    found.map(|range| start + range.start..start + range.end).into_iter().collect()
}

/// A number of papers: at least four digits, six digits and capitals in all, in groups or not.
pub(super) fn papers(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    static PAPERS: LazyLock<Regex> =
        LazyLock::new(|| behind_between(r"[A-Z0-9]{1,16}(?:[ .\-/][A-Z0-9]{1,12}){0,7}"));
    let Some(found) =
        PAPERS.captures(&text[start..end]).and_then(|found| found.name("v").map(|value| value.range()))
    else {
        return Vec::new();
    };
    let range = start + found.start..start + found.end;
    let value = &text[range.clone()];
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let length = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    let is_number = digits >= 4 && length >= 6 && digits * 2 >= length && !is_date(value);
    if is_number { vec![range] } else { Vec::new() }
}

/// Words of the list that are a seed phrase where its name stands before them.
const FEWEST_SEED_WORDS: usize = 3;

/// Words behind the name of a seed phrase: those of the list, or six and more that make no sentence (other lists have other words).
pub(super) fn seed(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    if let Some(end) = phrase::run_from(text, start, FEWEST_SEED_WORDS) {
        return Some(start..end);
    }
    let rest = text[start..end].trim_end_matches(['.', ' ', '"']);
    let words: Vec<&str> = rest.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &&str| word.chars().count() >= 2 && word.chars().all(char::is_lowercase);
    let of_sentences = words.iter().filter(|word| makes_sentence(word)).count();
    ((6..=30).contains(&words.len()) && words.iter().all(is_word) && of_sentences * 10 <= words.len())
        .then(|| start..start + rest.len())
}
