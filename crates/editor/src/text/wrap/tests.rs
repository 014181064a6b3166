use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn shown(line: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let rope = Rope::from_str(line);
    let stretch = Stretch::new(&rope, 0, chars.len());
    let graphemes: Vec<&str> = stretch.clusters().collect();
    rows(&graphemes, width, 4).iter().map(|row| chars[row.start..row.end].iter().collect()).collect()
}

#[test]
fn rows_break_behind_spaces_and_inside_words_too_wide() {
    for (line, width, expected) in [
        ("", 10, vec![""]),
        ("one two three", 8, vec!["one two ", "three"]),
        ("one two three", 7, vec!["one two ", "three"]),
        ("one two three", 6, vec!["one ", "two ", "three"]),
        ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
        ("ab cdefghij", 4, vec!["ab ", "cdef", "ghij"]),
        ("abcd   ef", 4, vec!["abcd ", "  ef"]),
        ("한국어 글", 6, vec!["한국어 ", "글"]),
        ("한국어", 5, vec!["한국", "어"]),
        ("👩‍🚀👩‍🚀👩‍🚀", 4, vec!["👩‍🚀👩‍🚀", "👩‍🚀"]),
        ("a\tb\tc", 6, vec!["a\tb\t", "c"]),
        ("\u{202e}x", 3, vec!["\u{202e}", "x"]),
    ] {
        assert_eq!(shown(line, width), expected, "{line:?} at {width}");
    }
}

#[test]
fn rows_end_where_unicode_lets_a_line_break() {
    for (line, width, expected) in [
        // Between ideographs, but not before their full stop or a closing bracket, nor behind an opening one.
        ("港口的船回來了。", 6, vec!["港口的", "船回來", "了。"]),
        ("港口的船。回來", 8, vec!["港口的", "船。回來"]),
        ("港口「船」回來", 6, vec!["港口", "「船」", "回來"]),
        ("みなとのふねー", 12, vec!["みなとのふ", "ねー"]),
        // Korean at its spaces, figures and all.
        ("2026년 항구의 배", 10, vec!["2026년 ", "항구의 배"]),
        ("항구의 배가", 9, vec!["항구의 ", "배가"]),
        // Not before a mark that closes, even behind a space; not behind one that opens.
        ("ab moor, cd", 7, vec!["ab ", "moor, ", "cd"]),
        ("la mer !", 6, vec!["la ", "mer !"]),
        ("see (moor)", 5, vec!["see ", "(moor", ")"]),
        ("say “moor”", 8, vec!["say ", "“moor”"]),
        // Behind a hyphen or a dash, but not in a negative number or a date.
        ("low-lying", 6, vec!["low-", "lying"]),
        ("it was -5", 8, vec!["it was ", "-5"]),
        ("on 2026-11-24", 11, vec!["on ", "2026-11-24"]),
        ("boats—moored", 8, vec!["boats—", "moored"]),
        // An address behind its slashes and hyphens.
        (
            "at https://moor.example/old-harbour/boats",
            24,
            vec!["at https://moor.example/", "old-harbour/boats"],
        ),
        ("https://moor.example/boats", 10, vec!["https://", "moor.examp", "le/boats"]),
        // What says that it does not break.
        ("ten\u{a0}km away", 6, vec!["ten\u{a0}km ", "away"]),
        ("go ten\u{a0}km", 8, vec!["go ", "ten\u{a0}km"]),
        ("go ten\u{202f}km", 8, vec!["go ", "ten\u{202f}km"]),
        ("go low\u{2011}tide", 9, vec!["go ", "low\u{2011}tide"]),
        // What says that it does.
        ("harbour\u{200b}master", 15, vec!["harbour\u{200b}", "master"]),
        // One blank hangs over the edge, the others go on.
        ("moor    !", 4, vec!["moor ", "   !"]),
    ] {
        assert_eq!(shown(line, width), expected, "{line:?} at {width}");
    }
}

#[test]
fn rows_are_the_same_from_wherever_they_are_looked_at() {
    let rope =
        Rope::from_str(&"港口的船，回來了。(low-lying) at https://moor.example/a ten\u{a0}km ".repeat(600));
    for width in [7, 20, 61] {
        let wrap = Wrap { width, tab: 4 };
        let all = wrap.rows_from(&rope, 0, usize::MAX);
        for row in &all {
            assert_eq!(wrap.row_at(&rope, row.start), *row);
            assert_eq!(wrap.row_at(&rope, row.end - 1), *row);
            assert_ne!(rope.char(row.end - 1), '\u{a0}', "{row:?}");
        }
        let from = all.len() * 2 / 3;
        assert_eq!(wrap.rows_from(&rope, all[from].start, 50), all[from..from + 50]);
        assert_eq!(wrap.rows_before(&rope, all[from].start, 50), all[from - 50..from]);
    }
}

#[test]
fn a_long_line_is_wrapped_near_the_cursor_only_and_without_gaps() {
    for word in [
        "word ",
        "x",
        "한글 ",
        "e\u{301}\u{301}\u{301}",
        "\u{301}",
        "\u{200d}",
        "👩\u{200d}",
        "🇰",
        "क\u{94d}",
        "ᄀ",
        "\u{200b}",
        "\t",
        " \u{301}",
        "\u{a0}",
    ] {
        let rope = Rope::from_str(&word.repeat(9_000));
        let wrap = Wrap { width: 30, tab: 4 };
        let all = wrap.rows_from(&rope, 0, usize::MAX);
        assert_eq!(all[0].start, 0);
        assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start && !pair[0].ends_line));
        assert_eq!(all[all.len() - 1].end, rope.len_chars());
        for row in all.iter().step_by(all.len() / 300 + 1) {
            assert_eq!(wrap.row_at(&rope, row.start), *row);
            let cells = wrap.cells(&rope, row);
            assert_eq!(cells.iter().map(|cell| cell.width).sum::<usize>(), row.cells, "{word:?}");
            assert!(row.cells <= 31 || cells.len() == 1, "{word:?}");
            assert_eq!((cells[0].start, cells[cells.len() - 1].end), (row.start, row.end));
            assert!(cells.iter().all(|cell| grapheme::is_boundary(&rope, cell.start)));
        }
        let (half, back) = (all.len() / 2, 100.min(all.len() / 2));
        assert_eq!(wrap.rows_before(&rope, all[half].start, back), all[half - back..half]);
    }
}

/// Greedy wrap written the slow way: try every end, keep the best.
fn naive(line: &str, width: usize) -> Vec<String> {
    let graphemes: Vec<&str> = line.graphemes(true).collect();
    let blank = |g: &str| g.chars().all(char::is_whitespace);
    let cells = |part: &[&str]| part.iter().map(|g| display::width(g, 0, 4)).sum::<usize>();
    let (mut start, mut out) = (0, Vec::new());
    loop {
        let rest = &graphemes[start..];
        let mut most =
            (0..=rest.len()).rev().find(|&n| cells(&rest[..n]) <= width).unwrap_or(0).max(1).min(rest.len());
        if most < rest.len() && blank(rest[most]) {
            most += 1;
        } else if most < rest.len() {
            most = (1..=most).rev().find(|&n| blank(rest[n - 1])).unwrap_or(most);
        }
        out.push(rest[..most].concat());
        start += most;
        if start >= graphemes.len() {
            return out;
        }
    }
}

proptest! {
    #[test]
    fn wrap_equals_the_slow_way(line in "[ab 한\u{301}\u{1b}]{0,40}", width in 2usize..12) {
        prop_assert_eq!(shown(&line, width), naive(&line, width));
    }

    #[test]
    fn rows_tile_the_text_and_cells_fit(text in "[ab 한\t\n\u{301}\u{1b}\u{202e}👩\u{200d}]{0,60}", width in 1usize..20) {
        let rope = Rope::from_str(&text);
        let wrap = Wrap { width, tab: 4 };
        let all = wrap.rows_from(&rope, 0, usize::MAX);
        let mut at = 0;
        for row in &all {
            prop_assert_eq!(row.start, at);
            at = row.end + usize::from(row.ends_line);
            let cells = wrap.cells(&rope, row);
            prop_assert_eq!(cells.iter().map(|cell| cell.width).sum::<usize>(), row.cells);
            prop_assert!(row.cells <= width.max(2) + 1 || cells.iter().filter(|cell| cell.text != " ").count() == 1);
            for cell in &cells {
                prop_assert!(!cell.text.chars().any(char::is_control));
                prop_assert_eq!(wrap.position_at(&rope, row, cell.column), cell.start);
                prop_assert_eq!(wrap.column_of(&rope, row, cell.start), cell.column);
            }
            prop_assert_eq!(wrap.row_at(&rope, row.start), *row);
        }
        prop_assert_eq!(at, rope.len_chars() + 1);
        for (index, row) in all.iter().enumerate() {
            prop_assert_eq!(wrap.rows_before(&rope, row.start, 3), all[index.saturating_sub(3)..index].to_vec());
        }
    }
}
