//! The real binary in a real terminal: type, save, crash, come back.
//!
//! Everything is waited for on the screen or the disk; nothing sleeps.

#![cfg(unix)]

mod support;

use std::fs;

use support::{Session, eventually};

const SAVE: &str = "\x13";
const QUIT: &str = "\x11";

#[test]
fn typed_text_is_shown_and_saved() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("notes.md");
    fs::write(&file, "first line\n").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("first line");
    session.send("Dear Kim, ");
    session.wait_for("Dear Kim, first line");
    session.send("한글 ");
    session.wait_for("한글");
    session.send(SAVE);
    eventually("the file saved", || fs::read_to_string(&file).ok().filter(|text| text.contains("한글")));
    assert_eq!(fs::read_to_string(&file).unwrap(), "Dear Kim, 한글 first line\n");
    session.wait("saved", |screen| !screen.contents().contains("notes.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn text_killed_in_mid_sentence_is_offered_again() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("letter.md");
    session.send("I was in the middle of a sen");
    session.wait_for("middle of a sen");
    eventually("the journal written", || {
        let journals = fs::read_dir(root.path().join("journal")).ok()?;
        let mut texts = journals.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
        texts.find(|text| text.ends_with("middle of a sen"))
    });
    session.signal("KILL");
    session.wait_end();
    assert!(!file.exists());

    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("[r] restore");
    session.send("r");
    session.wait_gone("[r] restore");
    session.wait_for("in the middle of a sen");
    session.send("\x1b[1;5Ftence.");
    session.wait_for("sentence.");
    session.send(SAVE);
    let saved = eventually("the file saved", || fs::read_to_string(&file).ok());
    assert!(saved.starts_with("I was in the middle of a sentence."), "{saved:?}");
    session.wait("saved", |screen| !screen.contents().contains("letter.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
    let left = fs::read_dir(root.path().join("journal")).unwrap().count();
    assert_eq!(left, 0, "a good end leaves no journal");
}

#[test]
fn a_signal_gives_the_terminal_back_and_keeps_the_text() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("note.txt");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("note.txt");
    session.send("not saved yet");
    session.wait_for("not saved yet");
    session.signal("TERM");
    session.wait_end();
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    for sequence in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h"] {
        assert!(raw.rfind(sequence) > raw.rfind("\x1b[?1049h"), "{sequence:?} was not sent last");
    }
    let journals = fs::read_dir(root.path().join("journal")).unwrap();
    let kept = journals.filter_map(|entry| fs::read_to_string(entry.unwrap().path()).ok());
    assert_eq!(kept.filter(|text| text.ends_with("not saved yet")).count(), 1);
}

#[test]
fn a_small_window_shows_the_same_text() {
    let root = tempfile::tempdir().unwrap();
    let mut session = Session::start(root.path(), &[], 80, 24);
    session.wait_for("untitled");
    session.send("one two three four five six seven eight nine ten");
    session.wait_for("nine ten");
    session.resize(40, 12);
    // Wrapped at a space now: the words stand on two rows.
    session.wait("two rows", |screen| {
        let rows: Vec<String> = screen.rows(0, 40).collect();
        rows.len() == 12
            && rows[0].starts_with("one two")
            && rows[1].contains("ten")
            && !rows[0].contains("ten")
    });
    session.send("\x1bOP");
    session.wait_for("Keys");
    session.send("\x1b");
    session.wait_gone("Keys");
}

#[test]
fn pasted_and_foreign_control_characters_do_not_reach_the_terminal() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("evil.txt");
    fs::write(&file, "before \x1b]0;owned\x07 after \u{9b}2J \u{202e}back\n").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("after");
    session.send("\x1b[200~pasted \x1b[31mred\x1b[201~");
    session.wait_for("pasted");
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    for sent in ["\x1b]0;owned", "\u{9b}", "\u{202e}", "\x1b[31mred"] {
        assert!(!raw.contains(sent), "{sent:?} was sent to the terminal");
    }
}

#[test]
fn what_cannot_be_opened_is_said_and_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("latin.txt");
    fs::write(&file, b"caf\xe9\n").unwrap();
    let session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("iconv");
    assert_eq!(fs::read(&file).unwrap(), b"caf\xe9\n");
}
