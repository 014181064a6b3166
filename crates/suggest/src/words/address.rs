//! Web and mail addresses. No word of prose stands as ghost text in them; the rest of an address that stands earlier in the document
//! may.

use std::collections::BTreeMap;

/// P(an address goes on as the only one in the document that began so).
const AGAIN: f32 = 0.9;

/// What may stand before an address, and what may close the sentence or bracket behind one.
const OPENING: [char; 9] = ['<', '(', '[', '"', '\'', '“', '‘', '„', '«'];
const CLOSING: [char; 15] = ['.', ',', ';', ':', '!', '?', '>', ')', ']', '"', '\'', '’', '”', '…', '»'];

/// The address at the end of `context` that the writer is in, if it is one.
pub(crate) fn typed(context: &str) -> Option<&str> {
    let start = context.rfind(|c: char| c.is_ascii_whitespace()).map_or(0, |at| at + 1);
    let run = context[start..].trim_start_matches(OPENING);
    let is_mail = run.rfind('@').is_some_and(|at| at > 0);
    (run.contains("://") || run.starts_with("www.") || is_mail).then_some(run)
}

/// Whether the writer is in the middle of an address at the end of `before`.
///
/// ```
/// use suggest::address;
/// assert!(address::is_open("see https://quay.exa") && !address::is_open("see the quay"));
/// ```
pub fn is_open(before: &str) -> bool {
    typed(before).is_some()
}

/// How addresses earlier in `context` that begin with `address`, which ends it, went on most often; and P(so does this one).
pub(crate) fn rest(context: &str, address: &str) -> Option<(String, f32)> {
    let before = &context[..context.len() - address.len()];
    let mut rests: BTreeMap<&str, usize> = BTreeMap::new();
    for token in before.split(|c: char| c.is_ascii_whitespace()) {
        if let Some(rest) = token.trim_start_matches(OPENING).strip_prefix(address) {
            // What closes a sentence or a bracket is no part of an address.
            *rests.entry(rest.trim_end_matches(CLOSING)).or_default() += 1;
        }
    }
    let all: usize = rests.values().sum();
    let (rest, count) = rests.into_iter().max_by_key(|&(rest, count)| (count, rest.len()))?;
    let is_long = rest.chars().nth(1).is_some();
    is_long.then(|| (rest.to_owned(), AGAIN * count as f32 / all as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_prose() {
        for (context, expected) in [
            ("see https://exa", Some("https://exa")),
            ("see (https://exa", Some("https://exa")),
            ("mail <kim@har", Some("kim@har")),
            ("www.", Some("www.")),
            ("so and/or wh", None),
            ("at 3 p.m. @ho", None),
            ("https://a.b ", None),
            ("", None),
        ] {
            assert_eq!(typed(context), expected, "{context}");
        }
    }

    #[test]
    fn an_address_goes_on_as_it_did_before() {
        let text = "<https://quay.example/boats>, https://quay.example/boats. https://quay.example/tides kim@quay.example ";
        let rest_of = |address: &str| rest(&format!("{text}{address}"), address);
        assert_eq!(rest_of("https://q").unwrap().0, "uay.example/boats");
        assert!((rest_of("https://q").unwrap().1 - 0.6).abs() < 1e-6);
        assert_eq!(rest_of("https://quay.example/t"), Some(("ides".to_owned(), AGAIN)));
        assert_eq!(rest_of("kim@q").unwrap().0, "uay.example");
        assert_eq!(rest_of("https://elsewhere"), None);
        let quoted = "„https://quay.example/boats.” «https://quay.example/boats»… ";
        assert_eq!(rest(&format!("{quoted}https://q"), "https://q").unwrap().0, "uay.example/boats");
        assert_eq!(rest_of("https://quay.example/boat"), None, "a last letter");
    }
}
