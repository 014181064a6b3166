//! Lines that look like secrets are left out of what is learned.
//!
//! A model that has seen a password once may offer it, on screen, to whoever stands behind the writer. So a whole
//! line goes when any part of it looks like a key, a password, a token or a card number; how many went is told.
//! This is a net, not a wall: a password in mid-sentence that is also a word passes. It is drawn so that prose,
//! addresses of web pages, dates and names in code are not caught: a net that catches everything teaches nothing.

/// The text without the lines that look like secrets, and how many were left out.
pub fn redact(text: &str) -> (String, usize) {
    let mut kept = String::with_capacity(text.len());
    let mut redacted = 0;
    let mut is_in_key = false;
    for line in text.split_inclusive('\n') {
        if is_in_key {
            let is_end = line.contains("-----END ");
            // Prose after a key that was never closed is prose.
            is_in_key = !is_end && line.split_whitespace().count() < 6;
            if is_in_key || is_end {
                redacted += usize::from(!line.trim().is_empty());
                continue;
            }
        }
        if opens_private_key(line) {
            is_in_key = !line.contains("-----END ");
            redacted += 1;
        } else if looks_secret(line) {
            redacted += 1;
        } else {
            kept.push_str(line);
        }
    }
    (kept, redacted)
}

/// Whether a line holds what looks like a secret.
pub fn looks_secret(line: &str) -> bool {
    opens_private_key(line)
        || names_a_password(line)
        || line.split(is_token_end).any(|token| has_key_prefix(token) || is_random(token))
        || has_login_in_address(line)
        || has_card_number(line)
}

fn opens_private_key(line: &str) -> bool {
    line.contains("-----BEGIN ") && line.contains("PRIVATE KEY")
}

/// Characters that no token, key or password hash is made of.
fn is_token_end(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '.'))
}

/// How well-known services mark their tokens: prefix, and the least length of what follows.
const KEY_PREFIXES: [(&str, usize); 18] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("sk-", 20),
    ("sk_live_", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("SG.", 30),
    ("eyJ", 30),
];

fn has_key_prefix(token: &str) -> bool {
    KEY_PREFIXES.iter().any(|(prefix, least)| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= *least && rest.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
    })
}

/// Least length of a token that is judged by its looks alone.
const RANDOM_LENGTH: usize = 24;
/// Least number of different characters in it.
const RANDOM_VARIETY: usize = 10;

/// Whether a token looks drawn at random: long, many different characters, digits among letters, and its kind of
/// character (upper case, lower case, digit) changes often. Words, names in code, paths and dates change seldom.
fn is_random(token: &str) -> bool {
    let token = token.trim_matches(['.', '-', '/', '_']);
    if token.len() < RANDOM_LENGTH {
        return false;
    }
    let mut seen = [false; 128];
    for byte in token.bytes().filter(u8::is_ascii) {
        seen[usize::from(byte)] = true;
    }
    let variety = seen.iter().filter(|&&is_seen| is_seen).count();
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let changes = token.as_bytes().windows(2).filter(|pair| changes_kind(pair[0], pair[1])).count();
    variety >= RANDOM_VARIETY && digits >= 3 && letters >= 5 && changes * 4 >= token.len()
}

/// Whether two neighbours are of different kinds; a capital before a small letter is how words begin.
fn changes_kind(a: u8, b: u8) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' => Some(1),
        b'A'..=b'Z' => Some(2),
        _ => None,
    };
    match (kind(a), kind(b)) {
        (Some(2), Some(1)) => false,
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// Names whose value is a secret if anything follows that is not a sentence.
const PASSWORD_NAMES: [&str; 6] = ["password", "passwd", "pwd", "passphrase", "passcode", "passwort"];
/// Names of keys in settings files.
const KEY_NAMES: [&str; 9] = [
    "api_key",
    "api-key",
    "apikey",
    "api key",
    "access_token",
    "auth_token",
    "secret_key",
    "client_secret",
    "access_key",
];

fn names_a_password(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    PASSWORD_NAMES.iter().chain(&KEY_NAMES).any(|name| {
        lower.match_indices(name).any(|(start, _)| {
            let is_inside_word = lower[..start].ends_with(|c: char| c.is_alphabetic());
            // Lowering ASCII moves nothing, so the place in `lower` is the place in `line`.
            !is_inside_word && gives_value(&line[start + name.len()..])
        })
    })
}

/// Whether what follows a secret's name gives its value: `: x`, `= x`, `" : "x"`, `is x`.
fn gives_value(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', '*', '`', ' ', '\t', ']']);
    let (rest, is_assigned) = match rest.strip_prefix([':', '=']) {
        Some(value) => (value.trim_start_matches(['=', '>', '*']), true),
        None => match rest.strip_prefix("is ") {
            Some(value) => (value.trim_start_matches(':'), false),
            None => return false,
        },
    };
    let mut words = rest.split_whitespace();
    let Some(first) = words.next() else { return false };
    let value = first.trim_matches(['"', '\'', '`', '*', ',', ';', '.', '(', ')', '<', '>']);
    let is_alone = words.next().is_none();
    let is_word = value.chars().all(char::is_alphabetic);
    value.chars().count() >= 4
        && if is_assigned { is_alone || !is_word } else { mixes_letters_and_digits(value) }
}

fn mixes_letters_and_digits(value: &str) -> bool {
    value.chars().any(char::is_alphabetic) && value.chars().any(|c| c.is_ascii_digit())
}

/// `https://name:password@host`.
fn has_login_in_address(line: &str) -> bool {
    line.match_indices("://").any(|(start, mark)| {
        let authority = line[start + mark.len()..].split(|c: char| c.is_whitespace() || c == '/').next();
        authority.and_then(|part| part.split_once('@')).is_some_and(|(login, _)| {
            login.split_once(':').is_some_and(|(name, password)| !name.is_empty() && !password.is_empty())
        })
    })
}

/// Whether the line holds a payment card's number: 13 to 19 digits, alone or in groups of at least four, that begin
/// as card numbers do and pass Luhn's check.
fn has_card_number(line: &str) -> bool {
    line.split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-')).any(|run| {
        let groups: Vec<&str> = run.split([' ', '-']).filter(|group| !group.is_empty()).collect();
        (0..groups.len()).any(|start| {
            let mut digits = String::new();
            groups[start..].iter().take_while(|group| group.len() >= 4).take(5).any(|group| {
                digits.push_str(group);
                is_card_number(&digits)
            })
        })
    })
}

fn is_card_number(digits: &str) -> bool {
    let is_shaped = matches!(digits.len(), 13..=19) && digits.starts_with(['3', '4', '5', '6']);
    is_shaped && digits.bytes().any(|b| b != digits.as_bytes()[0]) && passes_luhn(digits)
}

/// Luhn's check (US patent 2,950,048): from the right, every second digit is doubled, the digits of all are summed.
fn passes_luhn(digits: &str) -> bool {
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

#[cfg(test)]
mod tests;
