//! What stands on the lines below a name: its value, or a list of values.

use super::labels::Class;
use super::pattern::is_blank;
use super::place::{Joint, Place};
use super::{floor, line_at};

/// Blank lines between a heading and its value, at most.
pub(super) const MOST_BLANK: usize = 3;
/// The most items of a list that are examined.
const MOST_ITEMS: usize = 40;
/// Bytes of what stands before the sign of an item: `the router in the hall`.
const LONGEST_KEY: usize = 48;

/// The value on the line below, where the name stands alone on its own; or the values of the list that begins there. `has_sign`: whether
/// a sign follows the name.
pub(super) fn next_line(place: &Place<'_>, has_sign: bool, accept: &mut impl FnMut(usize, Joint) -> bool) {
    let Place { text, label, line } = place;
    let above = &text[line.start..label.start];
    let before = above.trim_start_matches(|c: char| is_blank(c) || c == '\r' || "-*#>•\"_`".contains(c));
    // `host,user,password` heads a table.
    let is_of_table = !has_sign && before.contains([',', ';', '|']);
    if before.chars().count() > 16 || is_of_table || !text[line.end..].starts_with('\n') {
        return;
    }
    let is_marked = |mark: &str| text[line.start..line.end].trim().ends_with(mark);
    let is_title = above.trim_start().starts_with('#') || is_marked("**") || is_marked("__");
    let Some(mut at) = first_below(text, line.end + 1, has_sign || is_title) else { return };
    let is_list = label.class != Class::Codes && label.class != Class::Seed;
    let mut is_first = true;
    for _ in 0..MOST_ITEMS {
        let below = line_at(text, at);
        let Some(item) = item(&text[below.clone()]).filter(|item| is_first || item.has_mark || item.has_key)
        else {
            break;
        };
        let start = below.start + item.start;
        let value = below.start + item.value;
        let is_row = is_list && (item.has_mark || has_sign) && item.has_key;
        if !(is_row && accept(value - label.end, Joint::Said)) && (is_first || item.has_mark) {
            accept(start - label.end, Joint::NextLine);
        }
        // Without a mark and without a key it is the value, not a list.
        if !is_list || !(item.has_mark || is_row) || !text[below.end..].starts_with('\n') {
            break;
        }
        is_first = false;
        at = below.end + 1;
    }
}

/// Where the first line below begins that is not blank. Blank lines, and the rule under a title, are stepped over below a title only.
fn first_below(text: &str, mut at: usize, mut is_title: bool) -> Option<usize> {
    for _ in 0..=MOST_BLANK {
        let line = line_at(text, at);
        let bare = text[line.clone()].trim();
        let is_rule = bare.len() >= 3 && (bare.bytes().all(|byte| byte == b'=') || is_dashes(bare));
        is_title |= is_rule;
        if !bare.is_empty() && !is_rule {
            return Some(at);
        }
        if !is_title || !text[line.end..].starts_with('\n') {
            return None;
        }
        at = line.end + 1;
    }
    None
}

fn is_dashes(line: &str) -> bool {
    line.bytes().all(|byte| byte == b'-')
}

/// A line as an item of a list.
struct Item {
    /// Where it begins behind its mark.
    start: usize,
    /// Where it begins behind its key and the sign.
    value: usize,
    has_mark: bool,
    has_key: bool,
}

/// `- router: x`, `2) x`, `router = x`; `None` if the line is blank.
fn item(line: &str) -> Option<Item> {
    let bare = line.trim_start_matches(|c: char| is_blank(c) || c == '\r' || c == '>');
    let number = bare.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = (1..=2).contains(&number) && bare[number..].starts_with(['.', ')']);
    let behind = if is_numbered { &bare[number + 1..] } else { bare };
    let body = behind.trim_start_matches(|c: char| is_blank(c) || c == '\r' || "-*•`_+".contains(c));
    let has_mark = is_numbered || bare.starts_with(['-', '*', '•', '+']);
    if body.is_empty() {
        return None;
    }
    let near = &body[..floor(body, LONGEST_KEY.min(body.len()))];
    let sign = near.char_indices().find(|&(at, c)| {
        let after = body[at + c.len_utf8()..].chars().next();
        matches!(c, '：' | '＝' | '→')
            || (matches!(c, ':' | '=' | '–' | '—')
                && after.is_none_or(|c| is_blank(c) || "*`_\"".contains(c)))
    });
    let start = line.len() - body.len();
    let (key, value) = match sign {
        Some((at, c)) if at > 0 => {
            let value =
                body[at + c.len_utf8()..].trim_start_matches(|c: char| is_blank(c) || "*`_".contains(c));
            (&body[..at], line.len() - value.len())
        }
        _ => ("", start),
    };
    // What reads as a sentence names nothing.
    let has_key = !key.is_empty() && value < line.len() && !key.contains(['.', '!', '?', ',', ';']);
    Some(Item { start, value, has_mark, has_key })
}
