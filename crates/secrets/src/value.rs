//! What follows a name: whether it is a value, and how far it goes.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::below::{MOST_BLANK, next_line};
use super::labels::{Class, Label, labels};
use super::pattern::{compile, is_blank};
use super::place::{Joint, Place};
use super::words::{is_date, is_placeholder, is_said, is_strong, makes_sentence};
use super::{Secret, columns, floor, groups, line_at};

/// Marks that close what the name stands in, then a sign.
static SIGN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"^[␠"'*`_\])”»]{0,6}(?:[(\[][^()\[\]\n]{1,30}[)\]][␠]*)?(?P<sign>:=|=>|->|[=:：＝→➔➜⇒›])[>*`_]{0,3}[␠]*[*`_]{0,3}"#,
    )
});
/// `is`, in the languages of the names.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^[*`_\x22')]{0,3}[␠]*(?:[-–—][␠]+|[␠](?:(?:is|are|was|were|will be|ist|sind|war|lautet|lauten|heißt|est|c'est|sont|était|es|son|era|é|è|são|sono|foi|fue|är|er|jest|это|adalah|là|है|হল|হলো|هي|هو|είναι)|(?:has been |was |is |wurde |a été )?(?:changed|reset|set|updated|geändert|changé) (?:to|auf|en|à))[␠:]+)(?:(?:still|now|currently|just|simply|always|again|probably|actually|also|set to|changed to|the following|noch|jetzt|immer|weiterhin|toujours|maintenant|encore|todavía|ahora|ainda|agora|nog|steeds|nu|as follows)[␠:]+){0,2}",
    )
});
/// `to X`, `with X`.
static TO: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)^[␠]+(?:(?:to|into|as|auf|als|in|à|en|a|para|naar|zu|на|в)[␠:]+)"));
/// `for the router: X`, `for the router is X`; a dash joins more loosely.
static FOR: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^[␠]+(?:for|of|at|on|to|in|from|für|fürs|zum|zur|vom|von|des|der|im|am|pour|du|de|d|para|del|da|do|di|per|voor|van|för|til|для|от|к)[␠'](?:[^\n.!?:;=→]|\.[^\s]){1,56}?(?:[␠](?:is|was|ist|war|lautet|est|était|es|era|é|è|är|er|это)[␠]+|[␠]?(?:[:=]|(?P<loose>[→–]))[␠]*)",
    )
});
/// Scripts without blanks: `は`, `는`, `是`, or nothing.
static UNSPACED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:[^\n:：はが是为為은는이가「]{0,12}[:：]|[␠]*(?:は|が|是|为|為|就是|은|는|이|가|คือ|:|：|=|→))?[␠:：]*",
    )
});

/// Finds the values behind names.
pub(super) fn find(text: &str, found: &mut Vec<Secret>) {
    let mut has_passwords = false;
    for label in labels(text) {
        has_passwords |= matches!(label.class, Class::Password | Class::Pin);
        let line = line_at(text, label.end);
        let place = Place { text, label, line };
        behind(&place, found);
    }
    if has_passwords {
        columns::find(text, found);
    }
}

/// Whether the text ends behind a name and its sign, or in the first word there.
pub(super) fn is_awaited(text: &str) -> bool {
    // A name and its sign are short: what stands further above matters no more.
    let text = &text[floor(text, text.len().saturating_sub(120))..];
    let last = labels(text).last();
    last.is_some_and(|label| {
        matches!(
            label.class,
            Class::Password | Class::Passphrase | Class::Pin | Class::Codes | Class::Token | Class::Seed
        ) && is_sign_alone(text, label)
    })
}

/// Whether only a sign and the beginning of a first word follow a name, on its line or the next. Below a title and
/// behind a sign, blank lines may stand between.
fn is_sign_alone(text: &str, label: Label) -> bool {
    let rest = &text[label.end..];
    let sign = SIGN.find(rest).map(|found| found.end());
    let marks = rest.len() - rest.trim_start_matches(['*', '_', '`', '\r']).len();
    let Some(end) = sign.or_else(|| rest[marks..].starts_with('\n').then_some(marks)) else { return false };
    let rest = &rest[end..];
    let is_lead = |c: char| c.is_whitespace() || is_blank(c) || "\"'`“„«「『*_".contains(c);
    let value = rest.trim_start_matches(is_lead);
    let feeds = rest[..rest.len() - value.len()].matches('\n').count();
    let above = &text[line_at(text, label.start).start..label.start];
    let is_title = sign.is_some() || above.trim_start().starts_with('#') || marks >= 2;
    feeds <= if is_title { 1 + MOST_BLANK } else { 1 } && !value.contains(char::is_whitespace)
}

/// Finds what stands behind a name.
fn behind(place: &Place<'_>, found: &mut Vec<Secret>) {
    let Place { text, label, line } = place;
    let end = line.end;
    let rest = &text[label.end..end];
    let mut accept = |at: usize, joint: Joint| -> bool {
        let start = label.end + at;
        let ranges = values(text, *label, start, end, joint);
        let is_found = !ranges.is_empty();
        found.extend(ranges.into_iter().map(|range| Secret::new(range, label.class.kind())));
        is_found
    };
    if label.is_unspaced
        && let Some(joint) = UNSPACED.find(rest)
    {
        let is_sign = joint.as_str().contains([':', '：', '=', '→']);
        if accept(joint.end(), if is_sign { Joint::Sign } else { Joint::Loose }) {
            return;
        }
    }
    if let Some(sign) = SIGN.captures(rest) {
        let whole = sign.get(0).map_or(0, |all| all.end());
        let is_equals = &sign["sign"] == "=" && rest[..whole].starts_with(' ');
        if rest[whole..].chars().all(|c| is_blank(c) || c == '\r') {
            next_line(place, true, &mut accept);
        } else {
            accept(whole, if is_equals { Joint::SpacedEquals } else { Joint::Sign });
        }
        return;
    }
    if rest.chars().all(|c| is_blank(c) || "*_`\"\r".contains(c)) {
        next_line(place, false, &mut accept);
        return;
    }
    // `<password>x</password>`
    if text[..label.start].ends_with('<') && rest.starts_with('>') {
        accept(1, Joint::Sign);
        return;
    }
    let at = |pattern: &Regex| pattern.find(rest).map(|found| found.end());
    let of = FOR.captures(rest).and_then(|of| {
        let is_loose = of.name("loose").is_some() || is_of_much(&text[label.start..label.end]);
        Some((of.get(0)?.end(), if is_loose { Joint::Loose } else { Joint::Said }))
    });
    let apart =
        rest.chars().next().filter(|&c| is_blank(c) || matches!(c, '/' | '|' | '(' | ',' | '.' | '#'));
    let _ = at(&SAID).is_some_and(|at| accept(at, Joint::Said))
        || of.is_some_and(|(at, joint)| accept(at, joint))
        || at(&TO).is_some_and(|at| accept(at, Joint::Loose))
        || apart.is_some_and(|c| accept(c.len_utf8(), Joint::Loose));
}

/// Whether a name has other common meanings: the key to a success, the pass of a mountain.
fn is_of_much(name: &str) -> bool {
    const OTHERS: [&str; 8] = ["clave", "claves", "pass", "parola", "hasło", "hasła", "heslo", "geheim"];
    OTHERS.contains(&name.to_lowercase().as_str())
}

/// The values of a name's class at byte `start`, searched up to byte `end` or to the end of the line that `start` is
/// in.
fn values(text: &str, label: Label, start: usize, end: usize, joint: Joint) -> Vec<Range<usize>> {
    let line = line_at(text, start);
    let end = if start > end || joint == Joint::NextLine { line.end } else { end };
    let start = start + text[start..end].find(|c: char| !is_blank(c) && c != '\r').unwrap_or(0);
    match label.class {
        Class::Password | Class::Passphrase => passwords(text, label, start, end, joint),
        Class::Token => tokens(text, label, start, end, joint),
        Class::Pin => digits(text, start, end, joint, 4),
        Class::CardCheck => {
            digits(text, start, end, joint, 3).into_iter().filter(|range| range.len() <= 8).collect()
        }
        Class::Codes => groups::codes(text, start),
        Class::Seed if joint == Joint::Loose => Vec::new(),
        Class::Seed => groups::seed(text, start, end).into_iter().collect(),
        Class::Account => groups::account(text, start, end),
        Class::Papers => groups::papers(text, start, end),
    }
}

/// A run without blanks, or what stands between quotes.
struct Piece {
    range: Range<usize>,
    is_quoted: bool,
}

fn piece(text: &str, start: usize, end: usize) -> Option<Piece> {
    const QUOTES: [(char, &[char]); 9] = [
        ('"', &['"']),
        ('\'', &['\'']),
        ('`', &['`']),
        ('“', &['”', '"']),
        ('„', &['“', '”', '"']),
        ('‘', &['’', '\'']),
        ('«', &['»']),
        ('「', &['」']),
        ('『', &['』']),
    ];
    let first = text[start..end].chars().next()?;
    if let Some((_, closing)) = QUOTES.iter().find(|(open, _)| *open == first) {
        let from = start + first.len_utf8();
        let to = text[from..end].find(*closing).map_or(end, |at| from + at);
        let inner = text[from..to].trim_matches(is_blank);
        let from = from + text[from..to].find(inner).unwrap_or(0);
        let range = from..from + inner.len();
        return (!inner.is_empty()).then_some(Piece { range, is_quoted: true });
    }
    let run = text[start..end]
        .find(|c: char| c.is_whitespace() || is_blank(c) || "<\u{3001}\u{3002}」』\u{201d}".contains(c))
        .map_or(end, |at| start + at);
    let value = text[start..run].trim_end_matches(|c: char| ".,;:!?)]}>\"'`*，".contains(c));
    // A closing mark may belong to it, a stop hardly.
    let value = if value.is_empty() { &text[start..run] } else { value };
    (!value.is_empty()).then(|| Piece { range: start..start + value.len(), is_quoted: false })
}

/// Where the value of the first name ends in `x;Timeout=5` or `x&user=y`.
fn until_next(value: &str) -> usize {
    let cut = value.find([';', '&']).filter(|&at| value[at + 1..].contains('=') || value[at..].len() == 1);
    cut.unwrap_or(value.len())
}

/// Whether nothing of a sentence follows byte `at`: its end, or the end of what stands in brackets.
fn is_alone(text: &str, at: usize, end: usize) -> bool {
    let rest = text[at..end].trim_start_matches(|c: char| ".!?\"'`*_”」』».".contains(c));
    let behind = rest.trim_start_matches(|c: char| c.is_whitespace() || is_blank(c));
    behind.is_empty()
        || rest.starts_with([')', ']'])
        || behind.starts_with(['(', ',', ';', '|', '<', '–', '—', '}', '，', '。', '、'])
}

fn passwords(text: &str, label: Label, start: usize, end: usize, joint: Joint) -> Vec<Range<usize>> {
    if let Some(groups) = letter_groups(text, start, end) {
        return vec![groups];
    }
    let Some(first) = piece(text, start, end) else { return Vec::new() };
    let value = &text[first.range.clone()];
    let range = first.range.start..first.range.start + until_next(value);
    let value = &text[range.clone()];
    let length = value.chars().count();
    if length < 3 || is_placeholder(value) {
        return Vec::new();
    }
    let is_alone = is_alone(text, first.range.end, end);
    let is_number = value.chars().all(|c| c.is_numeric() || "-./".contains(c)) && length >= 4;
    let is_script = value.chars().any(|c| c as u32 >= 0x3000) && label.is_unspaced;
    let is_word = value.chars().all(|c| c.is_alphabetic() || "-'’".contains(c)) && !is_script;
    let is_secret = if label.is_longer {
        is_strong(value)
    } else {
        match joint {
            Joint::Sign | Joint::NextLine if first.is_quoted => true,
            Joint::Sign => {
                is_strong(value)
                    || is_number
                    || (is_alone && (!is_word || !is_heading(value)))
                    || (!is_word && length >= 6 && !is_script)
            }
            Joint::NextLine => {
                is_strong(value) || (is_alone && length >= 6 && (is_number || !is_said(value)))
            }
            Joint::SpacedEquals => {
                let is_prose = text[label.start..].starts_with(char::is_uppercase) && is_word;
                first.is_quoted || is_strong(value) || is_number || (is_alone && !is_prose)
            }
            Joint::Said => {
                first.is_quoted
                    || is_strong(value)
                    || (is_number && length >= 5)
                    || (is_alone && is_word && length >= 5 && !is_said(value))
            }
            Joint::Loose => {
                is_strong(value) && !is_date(value) && (length >= 6 || label.is_unspaced)
                    || (first.is_quoted && !value.contains(char::is_whitespace) && length >= 6)
            }
        }
    };
    if is_secret && !(first.is_quoted && is_sentence(value)) {
        let mut ranges = vec![range.clone()];
        let is_phrase = label.class == Class::Passphrase || joint == Joint::Sign;
        match phrase(text, range.start, end, label.class).filter(|_| is_word && !first.is_quoted && is_phrase)
        {
            Some(phrase) => ranges[0] = phrase,
            None => more(text, first.range.end, end, &mut ranges),
        }
        return ranges;
    }
    let may_be_phrase = joint == Joint::Sign
        || joint == Joint::NextLine
        || (label.class == Class::Passphrase && matches!(joint, Joint::Said | Joint::SpacedEquals));
    if may_be_phrase && !label.is_longer {
        phrase(text, start, end, label.class).into_iter().collect()
    } else {
        Vec::new()
    }
}

/// `and swordfish7`, `or …`, `, …`: further values as strong as the first.
fn more(text: &str, mut at: usize, end: usize, ranges: &mut Vec<Range<usize>>) {
    const JOINTS: [&str; 9] = [" and ", " or ", ", ", " und ", " oder ", " et ", " y ", " / ", "; "];
    while let Some(joint) = JOINTS.iter().find(|joint| text[at..end].starts_with(**joint)) {
        let Some(next) = piece(text, at + joint.len(), end) else { return };
        let value = &text[next.range.clone()];
        if !is_strong(value) || is_placeholder(value) || value.contains('=') {
            return;
        }
        at = next.range.end;
        ranges.push(next.range);
    }
}

/// Three to eight words to the end of the line or sentence that make no sentence: `correct horse battery staple`.
/// Words with capitals may be the title of a text about passwords. Behind the name of a password they must be four or
/// more, none of them a word of prose.
fn phrase(text: &str, start: usize, end: usize, class: Class) -> Option<Range<usize>> {
    let rest = text[start..end].trim_end();
    let rest = rest.trim_end_matches(['.', '"', '\'', '!']);
    let words: Vec<&str> = rest.split(' ').collect();
    let is_small = |word: &str| word.chars().all(char::is_lowercase);
    let is_word = |word: &&str| {
        let is_number = word.chars().all(char::is_numeric);
        let is_of_letters = is_small(word.strip_prefix(char::is_uppercase).unwrap_or(word));
        word.chars().count() >= 2 && (is_number || is_of_letters) && !makes_sentence(word)
    };
    let may_have_capitals = class == Class::Passphrase
        || words.len() >= 4 && words.iter().all(|word| word.chars().count() >= 4 && !is_said(word));
    let has_capitals = words.iter().any(|word| word.starts_with(char::is_uppercase));
    ((3..=8).contains(&words.len()) && words.iter().all(is_word) && (!has_capitals || may_have_capitals))
        .then(|| start..start + rest.len())
}

/// Four groups of four letters, as app passwords are given out.
fn letter_groups(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    static GROUPS: LazyLock<Regex> =
        LazyLock::new(|| compile(r"^(?:[a-z]{4}(?: [a-z]{4}){3}|[a-z]{4}(?:-[a-z]{4}){3})(?:[\s.,;)]|$)"));
    let found = GROUPS.find(&text[start..end])?;
    let groups = found.as_str().trim_end_matches(|c: char| !c.is_ascii_lowercase());
    let is_prose = groups.split([' ', '-']).any(makes_sentence);
    (!is_prose).then(|| start..start + groups.len())
}

/// A word with which texts about passwords are headed.
fn is_heading(value: &str) -> bool {
    makes_sentence(value) || is_placeholder(value)
}

fn is_sentence(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.len() > 2 && words.iter().any(|word| makes_sentence(word))
}

fn tokens(text: &str, label: Label, start: usize, end: usize, joint: Joint) -> Vec<Range<usize>> {
    // `login: ann / hunter22`, `ann:hunter22`
    let Some(mut first) = piece(text, start, end) else { return Vec::new() };
    if first.range.end < end
        && let Some(slash) = text[first.range.end..end]
            .strip_prefix(" / ")
            .or_else(|| text[first.range.end..end].strip_prefix(" | "))
        && let Some(second) = piece(text, end - slash.len(), end)
    {
        first = second;
    }
    first.range.end = first.range.start + until_next(&text[first.range.clone()]);
    let value = &text[first.range.clone()];
    // The token of `Authorization: Bearer x` has a rule of its own.
    let is_hyphenated = value.split(['-', '_', '.']).all(|part| part.chars().all(|c| c.is_ascii_lowercase()));
    let length = value.chars().count();
    let has_digit = value.chars().any(|c| c.is_ascii_digit());
    let is_random = is_strong(value) && length >= 6 && (has_digit || length >= 12);
    let is_grouped = has_digit
        && length >= 8
        && value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
        && value.chars().any(|c| c.is_ascii_uppercase());
    let is_firm = match joint {
        Joint::Sign | Joint::SpacedEquals | Joint::NextLine => true,
        Joint::Said | Joint::Loose => length >= 8,
    };
    let is_value = (is_random || is_grouped)
        && is_firm
        && !is_hyphenated
        && !is_placeholder(value)
        && !value.contains('@');
    // `login`, `auth` and `token` have many other values: numbers with names, dates.
    let is_named = value.split('-').count() == 2
        && value.split('-').all(|part| part.len() <= 5)
        && !is_quoted_key(label, joint);
    if is_value && !is_named { vec![first.range] } else { Vec::new() }
}

fn is_quoted_key(label: Label, joint: Joint) -> bool {
    label.class == Class::Token && matches!(joint, Joint::Sign | Joint::SpacedEquals)
}

/// Digits, in groups or not, of at least `least`.
fn digits(text: &str, start: usize, end: usize, joint: Joint, least: usize) -> Vec<Range<usize>> {
    static DIGITS: LazyLock<Regex> =
        LazyLock::new(|| compile("^[#*]?(?:[A-Z]{1,2}-)?[0-9]+(?:[ -][0-9]+){0,5}[A-Z#*]?"));
    let rest = &text[start..end];
    let rest = rest.strip_prefix(['"', '\'', '`']).unwrap_or(rest);
    let start = end - rest.len();
    let Some(found) = DIGITS.find(rest) else {
        // A code may have letters too.
        let strong = piece(text, start, end).filter(|piece| {
            let value = &text[piece.range.clone()];
            joint != Joint::Loose
                && is_strong(value)
                && !is_placeholder(value)
                && value.chars().any(|c| c.is_ascii_digit())
        });
        return strong.map(|piece| piece.range).into_iter().collect();
    };
    let rest = &rest[found.end()..];
    let count = found.as_str().bytes().filter(u8::is_ascii_digit).count();
    let is_measure = rest.starts_with(|c: char| c.is_alphanumeric() || "%€$°".contains(c))
        || rest.starts_with(['.', ',', ':', '/']) && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let is_year = joint == Joint::Loose
        && count == 4
        && found.as_str().starts_with("20")
        && rest.trim_start().starts_with(char::is_lowercase);
    let is_code = count >= least && count <= 16 && !is_measure && !is_year;
    is_code.then(|| start..start + found.end()).into_iter().collect()
}
