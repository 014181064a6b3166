//! What comes from the terminal to the real binary, however it comes: bursts, replies, pastes without an end, signals,
//! a terminal that stalls, a shell that stops and continues it.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests set up files, and look at them"
)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use support::{Session, eventually};

const SAVE: &str = "\x13";
const QUIT: &str = "\x11";
const SUSPEND: &str = "\x1c";

fn saved(session: &mut Session, file: &Path) -> String {
    session.send(SAVE);
    session.wait("saved", |screen| {
        let bar = screen.rows(0, 80).last().unwrap_or_default();
        bar.contains(".md ") && !bar.contains(".md *")
    });
    fs::read_to_string(file).expect("what was saved can be read")
}

#[test]
fn text_that_comes_at_once_without_marks_arrives_whole_and_is_one_step() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("long.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("long.md");
    let text = (1..=120).map(|line| format!("Line {line} of the report.\r")).collect::<Vec<_>>().concat();
    assert!(text.len() > 2_600);
    session.send(&format!("{text}and its end"));
    session.wait_for("and its end");
    let expected = text.replace('\r', "\n") + "and its end";
    assert_eq!(saved(&mut session, &file), expected);
    session.send("\x1a");
    session.wait_gone("and its end");
    session.wait_gone("Line 1 of");
    session.send("\x19");
    session.wait_for("and its end");
    // Moves of the mouse, many in one read, each of them longer than a key.
    let moves = (0..300).map(|at| format!("\x1b[<35;{};{}M", at % 80 + 1, at % 24 + 1)).collect::<Vec<_>>();
    session.send(&(moves.concat() + "!"));
    session.wait_for("and its end!");
    assert_eq!(saved(&mut session, &file), expected + "!");
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn replies_of_the_terminal_are_not_typed_into_the_text() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("replies.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("replies.md");
    for reply in [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b[>0;276;0c",
        "\x1b[?997;1n",
        "\x1bP>|Term 1.0\x1b\\",
        "\x1b[?5u",
    ] {
        session.send(reply);
    }
    session.send("Quiet cucumbers.");
    session.wait_for("Quiet cucumbers.");
    // A reply that a key breaks off.
    session.send("\x1b]11;rgb:1e1e");
    session.send("\x1b[18~");
    session.send(" And more.");
    session.wait_for("And more.");
    assert_eq!(saved(&mut session, &file), "Quiet cucumbers. And more.");
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn a_paste_that_never_ends_is_text_and_the_keys_behind_it_work() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("paste.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("paste.md");
    session.send("\x1b[200~half a paste");
    session.wait_for("half a paste");
    session.send(" and typed on");
    session.wait_for("typed on");
    assert_eq!(saved(&mut session, &file), "half a paste and typed on");
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn backspace_is_what_the_terminal_says_it_is() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("erase.md");
    let mut session = Session::in_shell(root.path(), "stty erase '^H'; exec \"$0\" \"$1\"", &file, 80, 24);
    session.wait_for("erase.md");
    session.send("two wordss\x08");
    session.wait("one letter gone", |screen| screen.cursor_position() == (0, 1 + "two words".len() as u16));
    assert_eq!(saved(&mut session, &file), "two words");
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn a_shell_stops_and_continues_it() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("job.md");
    let script = "set -m; \"$0\" \"$1\"; stty -a | grep -q ' -icanon' && echo raw; echo \"stopped $?\"; read line; \
                  fg >/dev/null; echo \"ended $?\"";
    let mut session = Session::in_shell(root.path(), script, &file, 80, 24);
    session.wait_for("job.md");
    session.send("before");
    session.wait_for("before");
    session.send(SUSPEND);
    let shell = session.wait_for("stopped");
    assert!(!shell.contains("raw") && !shell.contains("job.md *"), "{shell}");
    session.resize(60, 20);
    session.send("\r");
    session.wait("the text and a bar of the new size", |screen| {
        let contents = screen.contents();
        contents.contains("before") && screen.rows(0, 60).last().is_some_and(|bar| bar.contains("job.md"))
    });
    session.send(" and after");
    session.wait_for("before and after");
    session.send(SAVE);
    eventually("saved", || fs::read_to_string(&file).ok().filter(|text| text == "before and after"));
    session.wait("saved", |screen| !screen.contents().contains("job.md *"));
    session.send(QUIT);
    session.wait_for("ended 0");
    session.wait_end();
}

#[test]
fn without_a_shell_to_continue_it_it_is_not_stopped() {
    let root = tempfile::tempdir().unwrap();
    let mut session = Session::start(root.path(), &[], 80, 24);
    session.wait_for("untitled");
    session.send(SUSPEND);
    session.wait_for("No shell waits");
    session.signal("TSTP");
    session.send("still here");
    session.wait_for("still here");
}

#[test]
fn a_quit_does_not_wait_for_a_lock_that_another_holds() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("lock.md");
    let learn = format!("[suggestions]\nlearn_in = [\"{}\"]\n", root.path().display());
    fs::write(root.path().join("config.toml"), learn).unwrap();
    fs::create_dir(root.path().join("models")).unwrap();
    let lock = fs::File::create(root.path().join("models/.lock")).unwrap();
    lock.lock().unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait("the model", |screen| screen.contents().contains("base"));
    session.send("The harbour was quiet. ");
    session.wait_for("quiet.");
    session.send("The harbour");
    session.wait_for("The harbour");
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("lock.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
    drop(lock);
}

/// Takes two seconds, the time that the editor gets to end.
#[test]
fn an_editor_whose_terminal_takes_no_more_bytes_still_ends() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("stalled.md");
    fs::write(&file, "x".repeat(200_000)).unwrap();
    let size = PtySize { rows: 400, cols: 400, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_foreword"));
    command.arg(&file);
    command.env("FOREWORD_DATA_DIR", root.path());
    command.env_remove("DISPLAY");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    // Its first bytes come when it listens to signals; the rest of its first frame is more than the terminal holds.
    let mut reader = pair.master.try_clone_reader().unwrap();
    assert!(reader.read(&mut [0; 8]).unwrap() > 0);
    let id = child.process_id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = eventually("the end", || child.try_wait().unwrap());
    assert_eq!(ended.exit_code(), 143);
}

#[test]
fn a_terminal_that_goes_away_ends_it_and_the_text_is_kept() {
    // Also while the cursor is hidden: by the help, by a question.
    for (overlay, title) in [("", ""), ("\x1bOP", "keys"), (QUIT, "Discard")] {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("gone.md");
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_foreword"));
        command.arg(&file);
        command.env("FOREWORD_DATA_DIR", root.path());
        command.env_remove("DISPLAY");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let (mut reader, mut keys) =
            (pair.master.try_clone_reader().unwrap(), pair.master.take_writer().unwrap());
        let mut shown = Vec::new();
        let mut wait_for = |text: &str| {
            while !String::from_utf8_lossy(&shown).contains(text) {
                let mut buffer = [0; 4096];
                let count = reader.read(&mut buffer).unwrap();
                shown.extend_from_slice(&buffer[..count]);
            }
        };
        // Only the editor shows its name; before it starts the terminal itself would show what is typed.
        wait_for("gone.md");
        keys.write_all(b"a line that nobody saved").unwrap();
        wait_for("saved");
        keys.write_all(overlay.as_bytes()).unwrap();
        wait_for(title);
        drop((reader, keys, pair.master));
        let ended = eventually("the end", || child.try_wait().unwrap());
        assert_eq!(ended.exit_code(), 129);
        let mut session = Session::start(root.path(), &[&file], 80, 24);
        session.wait_for("nobody saved");
        session.send("\x1b");
    }
}
