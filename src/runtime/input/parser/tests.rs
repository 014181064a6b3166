use crossterm::event::{KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use super::*;

const NONE: KeyModifiers = KeyModifiers::NONE;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

/// As in the editor, Alt with a digit means something, and with another character nothing.
fn parser() -> Parser {
    Parser::new(Some(DEL), |key| matches!(key.code, KeyCode::Char('0'..='9')))
}

fn parsed(bytes: &[u8]) -> Vec<Input> {
    let mut parser = parser();
    parser.feed(bytes);
    parser.silence();
    parser.take()
}

fn key(code: KeyCode, held: KeyModifiers) -> Input {
    Input::Key(KeyEvent::new(code, held))
}

fn typed(text: &str) -> Vec<Input> {
    text.chars().map(|c| key(KeyCode::Char(c), NONE)).collect()
}

fn paste(text: &str, more: bool) -> Input {
    Input::Paste { text: text.to_owned(), more }
}

#[test]
fn every_encoding_of_a_key_is_that_key() {
    use KeyCode::{
        BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left, PageDown, PageUp,
        Right, Tab, Up,
    };
    let cases: &[(&str, KeyCode, KeyModifiers)] = &[
        ("a", Char('a'), NONE),
        ("한", Char('한'), NONE),
        ("😀", Char('😀'), NONE),
        ("\r", Enter, NONE),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\n", Char('j'), CONTROL),
        ("\x08", Char('h'), CONTROL),
        ("\x00", Char(' '), CONTROL),
        ("\x13", Char('s'), CONTROL),
        ("\x1c", Char('\\'), CONTROL),
        ("\x1f", Char('_'), CONTROL),
        ("\x1b", Esc, NONE),
        ("\x1b1", Char('1'), ALT),
        ("\x1bb", Char('b'), ALT),
        ("\x1bé", Char('é'), ALT),
        ("\x1b[", Char('['), ALT),
        ("\x1bO", Char('O'), ALT),
        ("\x1bX", Char('X'), ALT),
        ("\x1b\x7f", Backspace, ALT),
        ("\x1b[A", Up, NONE),
        ("\x1bOB", Down, NONE),
        ("\x1b\x1b[C", Right, ALT),
        ("\x1b[1;5D", Left, CONTROL),
        ("\x1bO5D", Left, CONTROL),
        ("\x1b[1;6H", Home, CONTROL | SHIFT),
        ("\x1b[1~", Home, NONE),
        ("\x1b[7~", Home, NONE),
        ("\x1b[4~", End, NONE),
        ("\x1b[8~", End, NONE),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3;5~", Delete, CONTROL),
        ("\x1b[3^", Delete, CONTROL),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6;2~", PageDown, SHIFT),
        ("\x1b[a", Up, SHIFT),
        ("\x1b[Z", BackTab, SHIFT),
        ("\x1bOP", F(1), NONE),
        ("\x1bOd", Left, CONTROL),
        ("\x1b[P", F(1), NONE),
        ("\x1b[11~", F(1), NONE),
        ("\x1b[[A", F(1), NONE),
        ("\x1b[R", F(3), NONE),
        ("\x1b[13~", F(3), NONE),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[24;3~", F(12), ALT),
        ("\x1b[34~", F(20), NONE),
        ("\x1b[27u", Esc, NONE),
        ("\x1b[13;2u", Enter, SHIFT),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[127;5u", Backspace, CONTROL),
        ("\x1b[105;5u", Char('i'), CONTROL),
        ("\x1b[122;6u", Char('Z'), CONTROL | SHIFT),
        ("\x1b[97:65;2u", Char('A'), SHIFT),
        ("\x1b[97;2;65u", Char('A'), SHIFT),
        ("\x1b[38:49;4u", Char('1'), ALT | SHIFT),
        ("\x1b[97;69u", Char('a'), CONTROL),
        ("\x1b[1099::115;5u", Char('s'), CONTROL),
        ("\x1b[1103:1071:122;6u", Char('Z'), CONTROL | SHIFT),
        ("\x1b[946::98;3u", Char('b'), ALT),
        ("\x1b[1099::115u", Char('ы'), NONE),
        ("\x1b[97;9u", Char('a'), KeyModifiers::SUPER),
        ("\x1b[27;5;105~", Char('i'), CONTROL),
        ("\x1b[27;2;13~", Enter, SHIFT),
        ("\x1b[57404u", Char('5'), NONE),
        ("\x1b[57414;5u", Enter, CONTROL),
        ("\x1b[57421u", PageUp, NONE),
    ];
    for (bytes, code, held) in cases {
        assert_eq!(parsed(bytes.as_bytes()), [key(*code, *held)], "{bytes:?}");
    }
    let repeat = KeyEvent::new_with_kind(Up, NONE, KeyEventKind::Repeat);
    assert_eq!(parsed(b"\x1b[1;1:2A"), [Input::Key(repeat)]);
    assert_eq!(parsed(b"\x1b[97;1:3u"), [], "a key that goes up");
}

#[test]
fn replies_of_the_terminal_are_no_keys_and_no_text() {
    for reply in [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]52;c;Zm9v\x1b\\",
        "\x1b]lterm\x1b\\",
        "\x1b]Lterm\x07",
        "\x1b[>0;276;0c",
        "\x1b[?62;22c",
        "\x1b[?997;1n",
        "\x1b[?2026;2$y",
        "\x1b[4;1$y",
        "\x1b[24;80R",
        "\x1b[1;1R",
        "\x1b[1;5R",
        "\x1b[?24;80;1R",
        "\x1b[0n",
        "\x1b[?5u",
        "\x1b[8;24;80t",
        "\x1b[I",
        "\x1b[O",
        "\x1b[201~",
        "\x1b[57441;2u",
        "\x1b[57428u",
        "\x1b[1:2;3;4;5~",
        "\x1bP1+r544e=787465726d\x1b\\",
        "\x1bP>|Term 1.2\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b]52;c;Zm9v\u{9c}",
        "\u{9b}",
        "\x1b[38;2;1;2;3m",
        "\x1b[18446744073709551616u",
        "\x1b[0;1u",
        "\x1b[<999999;1;1M",
        "\x1b[<0;0;0M",
        "\x1b\\",
        "\x1bOX",
    ] {
        let around = format!("a{reply}b");
        assert_eq!(parsed(around.as_bytes()), typed("ab"), "{reply:?}");
    }
    assert_eq!(
        parsed(b"a\x9b?997;1nb\x9d0;x\x07\x9d0;x\x9cc\x85\xff\xc3(\x98\x9ed"),
        typed("abc(d"),
        "eight bits, and none of UTF-8"
    );
    let long = format!("a\x1b[{}Xb\x1b]0{}\x07c", "1;".repeat(500), "x".repeat(5_000));
    assert_eq!(parsed(long.as_bytes()), typed("abc"));
    assert_eq!(parsed(b"\x1b[48;24;80;480;800t"), [Input::Resized]);
}

#[test]
fn the_mouse_is_understood_in_all_three_encodings() {
    let mouse = |kind, column, row, modifiers| Input::Mouse(MouseEvent { kind, column, row, modifiers });
    let left = MouseButton::Left;
    for (bytes, expected) in [
        ("\x1b[<0;5;3M", mouse(MouseEventKind::Down(left), 4, 2, NONE)),
        ("\x1b[<0;5;3m", mouse(MouseEventKind::Up(left), 4, 2, NONE)),
        ("\x1b[<36;500;300M", mouse(MouseEventKind::Drag(left), 499, 299, SHIFT)),
        ("\x1b[<64;1;1M", mouse(MouseEventKind::ScrollUp, 0, 0, NONE)),
        ("\x1b[<81;1;1M", mouse(MouseEventKind::ScrollDown, 0, 0, CONTROL)),
        ("\x1b[<35;7;8M", mouse(MouseEventKind::Moved, 6, 7, NONE)),
        ("\x1b[34;5;3M", mouse(MouseEventKind::Down(MouseButton::Right), 4, 2, NONE)),
        ("\x1b[M %#", mouse(MouseEventKind::Down(left), 4, 2, NONE)),
        ("\x1b[M#!!", mouse(MouseEventKind::Up(left), 0, 0, NONE)),
    ] {
        assert_eq!(parsed(bytes.as_bytes()), [expected], "{bytes:?}");
    }
}

#[test]
fn esc_and_what_is_typed_behind_it_at_once_are_all_there() {
    let escape = key(KeyCode::Esc, NONE);
    for text in [
        "]like this",
        "Perhaps we go home",
        "Paris",
        "] and so on",
        "Oh we",
        "O dear",
        "[link](x)",
        "[ ] to do",
        "[1] and [2]",
        "Xavier",
        "^up",
        "_so_",
        "]",
        "Ph",
    ] {
        let bytes = format!("\x1b{text}");
        let expected = if text.len() == 1 {
            vec![key(KeyCode::Char(']'), ALT)]
        } else {
            [vec![escape.clone()], typed(text)].concat()
        };
        assert_eq!(parsed(bytes.as_bytes()), expected, "{text:?}");
    }
    let cases: [(&[u8], Vec<Input>); 9] = [
        (b"\x1bhello", [vec![escape.clone()], typed("hello")].concat()),
        ("\x1bété".as_bytes(), [vec![escape.clone()], typed("été")].concat()),
        (b"\x1b1st", [vec![key(KeyCode::Char('1'), ALT)], typed("st")].concat()),
        (b"\x1bb\x1bf", vec![key(KeyCode::Char('b'), ALT), key(KeyCode::Char('f'), ALT)]),
        (b"\x1bb\x13", vec![key(KeyCode::Char('b'), ALT), key(KeyCode::Char('s'), CONTROL)]),
        (b"\x1b\x13", vec![escape.clone(), key(KeyCode::Char('s'), CONTROL)]),
        (b"\x1b\r", vec![escape.clone(), key(KeyCode::Enter, NONE)]),
        (b"\x1b\x1b", vec![escape.clone(), escape.clone()]),
        (b"\x1b\x1b\x1b[A", vec![escape.clone(), key(KeyCode::Up, ALT)]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(parsed(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn the_erase_character_is_backspace() {
    for (erase, byte, expected) in [
        (Some(8), b"\x08", key(KeyCode::Backspace, NONE)),
        (Some(8), b"\x7f", key(KeyCode::Backspace, NONE)),
        (Some(DEL), b"\x08", key(KeyCode::Char('h'), CONTROL)),
        (None, b"\x08", key(KeyCode::Char('h'), CONTROL)),
        (Some(b'#'), b"#", key(KeyCode::Char('#'), NONE)),
        (Some(b'\r'), b"\r", key(KeyCode::Enter, NONE)),
        (Some(0), b"\0", key(KeyCode::Char(' '), CONTROL)),
    ] {
        let mut parser = Parser::new(erase, |_| false);
        parser.feed(byte);
        assert_eq!(parser.take(), [expected], "{erase:?} {byte:?}");
    }
}

#[test]
fn a_paste_is_text_whatever_is_in_it_and_ends_without_its_end_mark() {
    assert_eq!(
        parsed("\x1b[200~one\r\x1b[31m\x1b[20 한\x03\x1b[201~x".as_bytes()),
        [vec![paste("one\r\x1b[31m\x1b[20 한\x03", false)], typed("x")].concat()
    );
    assert_eq!(parsed(b"\x1b[200~\x1b[201~"), []);
    let mut parser = parser();
    parser.feed("\x1b[200~half a paste é".as_bytes());
    assert_eq!(parser.take(), []);
    assert!(parser.is_pasting() && parser.patience() == Some(PASTE_PATIENCE));
    parser.silence();
    parser.feed(b"\x13q");
    let (save, q) = (key(KeyCode::Char('s'), CONTROL), key(KeyCode::Char('q'), NONE));
    assert_eq!(parser.take(), [paste("half a paste é", false), save, q]);
}

#[test]
fn a_paste_that_stalls_goes_on_as_a_paste_up_to_its_end_mark() {
    let escape = key(KeyCode::Esc, NONE);
    let save = key(KeyCode::Char('s'), CONTROL);
    let long = "and so it went on\tuntil the\x01 end of the line";
    let [arrows, functions, shifted] = [&b"\x1b[B"[..], b"\x1bOP", b"\x1b[1;2C"].map(|key| key.repeat(12));
    let [long_escape, long_begun, long_down] =
        [&b"\x1b"[..], b"\x1b[2", b"\x1b[B"].map(|end| [long.as_bytes(), end].concat());
    let cases: Vec<(Vec<&[u8]>, Vec<Input>)> = vec![
        (vec![b"\tx\x17 \x1b[201~z"], [vec![paste("\tx\x17 ", true)], typed("z")].concat()),
        (
            vec![long.as_bytes(), b"\tx\x1b[201~", b"\x13"],
            vec![paste(long, true), paste("\tx", true), save.clone()],
        ),
        (vec![b"\td", b"e \x1b[201~z"], [vec![paste("\td", true), paste("e ", true)], typed("z")].concat()),
        (vec![b"\td \x1b[20", b"1~z"], [vec![paste("\td ", true)], typed("z")].concat()),
        (vec![b"x\x0fy", b"e\x1b[201~"], vec![paste("x\x0fy", true), paste("e", true)]),
        (vec![b"x\x13"], [typed("x"), vec![save.clone()]].concat()),
        (vec![b"\x13x"], [vec![save.clone()], typed("x")].concat()),
        (vec![b"ke", b"\x13", b"\x1b[201~"], [typed("ke"), vec![save.clone()]].concat()),
        (vec![b"\x1b", b"", b"x\x1b[201~"], vec![escape.clone(), paste("x", true)]),
        // A key that is held down, though its sequences come many at once.
        (vec![&arrows], vec![key(KeyCode::Down, NONE); 12]),
        (vec![&functions], vec![key(KeyCode::F(1), NONE); 12]),
        (vec![&shifted], vec![key(KeyCode::Right, KeyModifiers::SHIFT); 12]),
        // Text before keys, and a key whose Esc came with the text.
        (vec![long.as_bytes(), b"\x1bOP"], vec![paste(long, true), key(KeyCode::F(1), NONE)]),
        (vec![&long_escape, b"OP"], vec![paste(long, true), key(KeyCode::F(1), NONE)]),
        (
            vec![&long_begun, b"4~x"],
            [vec![paste(long, true), key(KeyCode::F(12), NONE)], typed("x")].concat(),
        ),
        (vec![&long_down], vec![paste(long, true), key(KeyCode::Down, NONE)]),
        (
            vec![b"\x1b[200~new\x1b[201~", b"\tx\x1b[201~"],
            [vec![paste("new", false), key(KeyCode::Tab, NONE)], typed("x")].concat(),
        ),
    ];
    for (chunks, expected) in cases {
        let mut parser = parser();
        parser.feed(b"\x1b[200~half");
        parser.silence();
        assert_eq!(parser.take(), [paste("half", false)]);
        for &chunk in &chunks {
            parser.feed(chunk);
            if parser.patience().is_some() {
                parser.silence();
            }
        }
        assert_eq!(parser.take(), expected, "{chunks:?}");
    }
    // What the stall cut short is no key.
    for cut in 1..3 {
        let mut parser = parser();
        parser.feed(b"\x1b[200~half");
        parser.feed(&PASTE_END[..cut]);
        parser.silence();
        parser.feed(b"Oab");
        assert_eq!(parser.take(), [vec![paste("half", false)], typed("Oab")].concat(), "{cut}");
    }
    // The stall may be in the end mark itself, and come again and again.
    for cut in 1..PASTE_END.len() {
        for bytewise in [false, true] {
            let mut parser = parser();
            parser.feed(b"\x1b[200~half");
            parser.feed(&PASTE_END[..cut]);
            parser.silence();
            let rest = [&PASTE_END[cut..], b"z"].concat();
            for chunk in rest.chunks(if bytewise { 1 } else { rest.len() }) {
                assert_eq!(parser.patience(), None);
                parser.feed(chunk);
            }
            assert_eq!(parser.take(), [vec![paste("half", false)], typed("z")].concat(), "{cut} {bytewise}");
        }
    }
}

#[test]
fn a_character_whose_bytes_come_late_is_waited_for() {
    for text in ["aüb", "a한b", "a😀b"] {
        for cut in 2..text.len() - 1 {
            let mut parser = parser();
            parser.feed(&text.as_bytes()[..cut]);
            if parser.patience().is_some() {
                parser.silence();
            }
            parser.feed(&text.as_bytes()[cut..]);
            assert_eq!(parser.take(), typed(text), "{text} {cut}");
        }
    }
    // One that never ends is dropped for the next key.
    let mut parser = parser();
    parser.feed(b"a\xf0\x9f");
    parser.feed(b"\x13b");
    let expected = [typed("a"), vec![key(KeyCode::Char('s'), CONTROL)], typed("b")].concat();
    assert_eq!(parser.take(), expected);
}

#[test]
fn a_long_paste_comes_in_pieces_that_are_cut_between_characters() {
    // Every place of the cut within the pattern is met.
    let pattern = "a\r\né한😀";
    for lead in 0..pattern.len() {
        let text = "x".repeat(lead) + &pattern.repeat((PIECE + PIECE / 2) / pattern.len());
        let mut parser = parser();
        parser.feed(b"\x1b[200~");
        for bytes in text.as_bytes().chunks(1 << 16) {
            parser.feed(bytes);
            assert!(parser.pending.len() < PIECE);
        }
        parser.feed(b"\x1b[201~");
        let mut whole = String::new();
        for (number, input) in parser.take().into_iter().enumerate() {
            let Input::Paste { text, more } = input else { panic!("{input:?}") };
            assert_eq!(more, number > 0);
            assert!(!text.ends_with('\r'));
            whole.push_str(&text);
        }
        assert_eq!(whole.len(), text.len());
        assert!(whole == text);
    }
}

/// Bytes as terminals send them, and some as none does.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<String>().prop_map(String::into_bytes),
        "\\x1b\\[[<>?]?[0-9;:]{0,8}[$ ]?[@-~]".prop_map(String::into_bytes),
        "\\x1b[O\\]PX^_\\[][ -~]{0,6}".prop_map(String::into_bytes),
        "\\x1b\\[200~[a-z\\x1b\\[\r\n]{0,12}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            &b"\x1b"[..],
            b"\x1b[201~",
            b"\x1b\\",
            b"\x07",
            b"\x1b[M!!!",
            b"\x1b[[A",
            b"\x18"
        ])
        .prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn how_the_bytes_are_cut_into_reads_changes_nothing(bytes in bytes(), cuts in prop::collection::vec(1usize..9, 1..20)) {
        let whole = parsed(&bytes);
        let (mut parser, mut rest) = (parser(), &bytes[..]);
        for length in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*length).min(rest.len()));
            parser.feed(now);
            rest = later;
        }
        parser.silence();
        prop_assert_eq!(parser.take(), whole);
    }

    #[test]
    fn after_any_garbage_and_a_silence_keys_are_keys(bytes in bytes()) {
        let mut parser = parser();
        parser.feed(&bytes);
        parser.silence();
        parser.take();
        prop_assert_eq!(parser.patience(), None);
        parser.feed(b"abc");
        prop_assert_eq!(parser.take(), typed("abc"));
    }
}
