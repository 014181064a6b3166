use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

/// The boundaries of a line as the rules say them, with the whole line in view.
fn of_line(line: &str) -> Vec<usize> {
    let chars: Vec<char> = line.chars().collect();
    let mut unicode = vec![0];
    for grapheme in line.graphemes(true) {
        unicode.push(unicode[unicode.len() - 1] + grapheme.chars().count());
    }
    let marks = |end: usize| {
        let joins = |c: &char| format!("x{c}").graphemes(true).count() == 1;
        chars[..end].iter().rev().take_while(|c| joins(c)).count()
    };
    let plain = |&at: &usize| {
        at == 0
            || at == chars.len()
            || (unicode.binary_search(&at).is_ok()
                && !(is_regional(chars[at - 1]) && is_regional(chars[at]))
                && (marks(at) <= MOST_CHARS || (is_simple(chars[at]) && !matches!(chars[at], '©' | '®'))))
    };
    let plain: Vec<usize> = (0..=chars.len()).filter(plain).collect();
    let is_cut = |&at: &usize| at % GRID == 0 && plain.iter().all(|&plain| plain > at || plain + GRID <= at);
    let whole = |at: usize| {
        let flags = chars[..at].iter().rev().take_while(|&&c| is_regional(c)).count();
        let odd = flags % 2 == 1 && chars.get(at).copied().is_some_and(is_regional);
        if odd && flags < MOST_FLAGS { at - 1 } else { at }
    };
    let cuts = (0..=chars.len()).filter(is_cut).map(whole);
    let mut anchors: Vec<usize> = cuts.chain(plain.iter().copied()).collect();
    anchors.sort_unstable();
    anchors.dedup();
    let mut found = vec![0];
    for piece in anchors.windows(2) {
        let text: String = chars[piece[0]..piece[1]].iter().collect();
        let mut at = piece[0];
        for grapheme in text.graphemes(true) {
            let end = at + grapheme.chars().count();
            found.extend((at + 1..end).filter(|cut| (cut - at) % MOST_CHARS == 0));
            found.push(end);
            at = end;
        }
    }
    found
}

/// The boundaries of a whole text, a line at a time.
fn boundaries(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        found.extend(of_line(line).iter().map(|boundary| start + boundary));
        start += line.chars().count() + 1;
    }
    found
}

#[track_caller]
fn check(text: &str) {
    let rope = Rope::from_str(text);
    let expected = boundaries(text);
    let end = rope.len_chars();
    for position in 0..=end {
        let index = expected.partition_point(|&boundary| boundary < position);
        let is_one = expected.get(index) == Some(&position);
        let after = expected.get(index + usize::from(is_one)).copied().unwrap_or(end);
        let before = index.checked_sub(1).map_or(0, |before| expected[before]);
        assert_eq!(is_boundary(&rope, position), is_one, "{text:?} at {position}");
        assert_eq!(next(&rope, position), after, "{text:?} after {position}");
        assert_eq!(previous(&rope, position), before, "{text:?} before {position}");
    }
    for (index, &start) in expected.iter().enumerate().step_by(expected.len() / 20 + 1) {
        let rest = expected[index..].iter().copied().take_while(|&at| at <= line_end(&rope, start));
        let rest: Vec<usize> = rest.collect();
        for &stop in [rest.len() / 2, rest.len() - 1].map(|at| &rest[at]) {
            let mut at = start;
            let stretch = Stretch::new(&rope, start, stop);
            let read: Vec<usize> = stretch
                .clusters()
                .map(|cluster| {
                    at += cluster.chars().count();
                    at
                })
                .collect();
            let wanted: Vec<usize> = rest[1..].iter().copied().take_while(|&at| at <= stop).collect();
            assert_eq!(read, wanted, "{text:?} from {start} to {stop}");
        }
    }
}

#[test]
fn clusters_that_people_write_are_whole() {
    for cluster in [
        "👩\u{200d}🚀",
        "👨🏽\u{200d}👩🏽\u{200d}👧🏽\u{200d}👦🏽",
        "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
        "🇰🇷",
        "❤\u{fe0f}\u{200d}🔥",
        "1\u{fe0f}\u{20e3}",
        "각",
        "\u{1100}\u{1161}\u{11a8}",
        "क्ष",
        "क्ष्म्य",
        "कि",
        "e\u{301}\u{323}",
        "\u{e01}\u{e33}",
        "རྒྱུ",
        "©\u{fe0f}",
        "\r",
    ] {
        let text = format!("x{}y{cluster}", cluster.repeat(3));
        let rope = Rope::from_str(&text);
        let length = cluster.chars().count();
        let expected = [0, 1, 1 + length, 1 + 2 * length, 1 + 3 * length, 2 + 3 * length, 2 + 4 * length];
        let seen: Vec<usize> = (0..=rope.len_chars()).filter(|&at| is_boundary(&rope, at)).collect();
        assert_eq!(seen, expected, "{text:?}");
        check(&text);
    }
}

#[test]
fn boundaries_are_found_across_chunks() {
    check("");
    check("a\r\nb\r");
    check(&"👩\u{200d}🚀🇰🇷🇰🇷e\u{301}한글 \n".repeat(150));
}

#[test]
fn all_flags_in_a_row_stay_whole() {
    for before in ["", "x", "🇰🇷x"] {
        let text = format!("{before}{}", "🇰🇷🇩🇪🇫🇷".repeat(200));
        let first = before.chars().count();
        let rope = Rope::from_str(&text);
        assert!(
            (first..rope.len_chars()).all(|at| is_boundary(&rope, at) == ((at - first) % 2 == 0)),
            "{before}"
        );
    }
    check(&format!("x{}", "🇰".repeat(3 * MOST_FLAGS / 2)));
}

#[test]
fn every_long_run_has_boundaries() {
    for piece in [
        "\u{301}",
        "\u{200d}",
        "👩\u{200d}",
        "🇰",
        "क\u{94d}",
        "ᄀ",
        "कि",
        "\u{600}",
        "\u{200b}",
        "e\u{301}\u{301}",
        "a\u{94d}क",
    ] {
        for before in ["", "a", "a👩", "क"] {
            check(&format!("{before}{}", piece.repeat(700 / piece.chars().count())));
        }
        let rope = Rope::from_str(&piece.repeat(20_000));
        let (mut at, mut steps) = (snap(&rope, rope.len_chars() / 2), 0);
        let start = at;
        while at < start + 2_000 {
            let after = next(&rope, at);
            assert!(after <= at + MOST_CHARS, "{piece:?} at {at}");
            assert_eq!(previous(&rope, after), at, "{piece:?} before {after}");
            (at, steps) = (after, steps + 1);
        }
        assert!(steps >= 2_000 / MOST_CHARS);
    }
}

#[test]
fn simple_chars_are_always_apart() {
    let samples: Vec<char> = ('\0'..='\u{d7ff}').filter(|&c| is_simple(c)).step_by(41).collect();
    for &a in &samples {
        for &b in &samples {
            assert!(are_apart(a, b) && !is_regional(a), "{a:?} {b:?}");
        }
    }
    for c in ('\0'..='\u{d7ff}').filter(|&c| is_simple(c)) {
        assert!(are_apart('x', c) && are_apart(c, 'x') && are_apart('क', c), "{c:?}");
        let joined = GraphemeCursor::new(7, 7 + c.len_utf8(), true).is_boundary(&format!("👩\u{200d}{c}"), 0);
        assert!(joined == Ok(true) || matches!(c, '©' | '®'), "{c:?}");
        let conjunct = GraphemeCursor::new(6, 6 + c.len_utf8(), true).is_boundary(&format!("क\u{94d}{c}"), 0);
        assert_eq!(conjunct, Ok(true), "{c:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn boundaries_equal_those_of_the_whole_text(text in "[ae\u{301}\u{200d}👩🚀🇰🇷한क\u{94d}ि\r\n ]{0,30}") {
        check(&text);
    }

    #[test]
    fn short_texts_have_unicodes_own(text in "\\PC{0,40}") {
        let mut at = 0;
        let line = text.replace('\n', " ");
        let unicode: Vec<usize> = line.graphemes(true).map(|grapheme| {
            at += grapheme.chars().count();
            at
        }).collect();
        prop_assert_eq!(&of_line(&line)[1..], unicode);
        check(&line);
    }

    #[test]
    fn runs_of_any_length_are_read_alike_from_both_sides(
        pieces in prop::collection::vec((0usize..12, 1usize..300), 1..6)
    ) {
        let kinds = ["\u{301}", "\u{200d}", "👩\u{200d}", "🇰", "क\u{94d}", "ᄀ", "कि", "a", "👩", "क", "\n", "e\u{301}"];
        let text: String = pieces.iter().map(|&(kind, count)| kinds[kind].repeat(count)).collect();
        check(&text);
    }
}
