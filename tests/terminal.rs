//! The real binary in a real terminal: type, save, crash, come back.
//!
//! Everything is waited for on the screen or the disk; nothing sleeps.

#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;

use foreword::runtime::journal;
use support::{Session, eventually};

const SAVE: &str = "\x13";
const QUIT: &str = "\x11";
const PANEL: &str = "\x1bOQ";
const ESCAPE: &str = "\x1b";
const WHY: &str = "\x1bOR";
const FIND: &str = "\x06";
const TO_THE_END: &str = "\x1b[1;5F";
const MARKS: &str = "\x1bOS";
/// F4 arms the question at once; then Alt-R.
const RESTORE: &str = "\x1bOS\x1br";

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

/// The base model has its say on screen: the ghost is drawn dim behind the cursor, and Tab makes it text.
#[test]
fn the_ghost_is_seen_and_taken_with_tab() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("letter.md");
    session.send("Thank you very m");
    session.wait("the ghost behind the cursor", |screen| {
        screen.contents().contains("Thank you very much") && is_ghost_at_cursor(screen)
    });
    session.send("\t");
    // The page has a margin of one column; the space taken with the word is seen by the cursor behind it.
    let taken = 1 + "Thank you very much ".len() as u16;
    session.wait("the word taken with a space", |screen| screen.cursor_position() == (0, taken));
    session.send(".");
    session.wait_for("Thank you very much.");
    session.send(" Kim\r");
    session.wait_for("Thank you very much. Kim");
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("letter.md *"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "Thank you very much. Kim\n");
    session.send(QUIT);
    assert!(session.wait_end().success());
}

fn is_ghost_at_cursor(screen: &vt100::Screen) -> bool {
    let (row, column) = screen.cursor_position();
    screen.cell(row, column).is_some_and(|cell| cell.dim() && cell.italic() && cell.has_contents())
}

/// The base model is retrained for real, which takes some 3 s, and more than 5 s where others use the cores, too: no
/// smaller model is in the program. The texts are so few that the passes over them end the learning and not the clock,
/// so the outcome does not hang on the speed of the machine.
#[test]
fn the_side_panel_learns_from_a_folder_while_typing_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let texts = support::texts::folder(root.path());
    fs::write(root.path().join("config.toml"), "[training]\nthreads = 2\n").unwrap();
    let file = root.path().join("notes.md");
    let mut session = Session::start(root.path(), &[&file], 100, 30);
    session.wait_for("notes.md");
    session.send(PANEL);
    session.wait_for("▸ Learn");
    session.send("\x15");
    session.send(texts.to_str().unwrap());
    session.send("\r");
    let preview = session.wait_for("[s] start");
    for shown in ["4 documents", "learns from 3, tests on 1", "1 file skipped", "photo.txt: binary"] {
        assert!(preview.contains(shown), "{shown} is missing:\n{preview}");
    }
    session.send("s");
    // A terminal read late may see the end of it first.
    session.wait("the learning", |screen| {
        let shown = screen.contents();
        shown.contains("learning") || shown.contains("Done in")
    });
    session.send(ESCAPE);
    session.wait_gone("▸ Learn");
    session.send("written meanwhile");
    session.wait_for("written meanwhile");
    let done = session.wait_for("before → after");
    for shown in ["Done in", "In use from now on", "keys saved, %", "in first 3, %", "bits per byte"] {
        assert!(done.contains(shown), "{shown} is missing:\n{done}");
    }
    let row = done.lines().find(|line| line.contains("bits per byte")).unwrap();
    assert!(row.contains('→') && row.contains("better"), "{row}");
    session.wait("the new model in use", |screen| !screen.contents().contains("base ·"));
    // Looked into, the new model stands beside the one it was made from.
    session.send(PANEL);
    session.wait_for("▸ Learn");
    session.send("\t");
    let looked_into = session.wait_for("before: ");
    for shown in ["▸ Model", "LSTM 2×512", "new tanh: ", "learning steps"] {
        assert!(looked_into.contains(shown), "{shown} is missing:\n{looked_into}");
    }
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("notes.md *"));
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), "written meanwhile");
    session.send(QUIT);
    assert!(session.wait_end().success());
    let manifest = fs::read_to_string(root.path().join("models/manifest.json")).unwrap();
    assert!(!manifest.contains("\"active\": \"base\""), "{manifest}");
}

#[test]
fn the_model_is_looked_into_while_one_types() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("notes.md");
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("notes.md");
    session.send(PANEL);
    session.wait_for("▸ Learn");
    session.send("\t");
    session.wait_for("512 units; type to see them move");
    let found = session.wait_for("left after 50");
    for shown in
        ["▸ Model", "base, reads bytes", "LSTM 2×512, 3.", "sample text", "new tanh: ", "no learning yet"]
    {
        assert!(found.contains(shown), "{shown} is missing:\n{found}");
    }
    session.send(ESCAPE);
    session.wait_gone("▸ Model");
    // Letters that are keys of the panel are the text's own.
    session.send("m");
    let typed = session.wait_for("m: ");
    assert!(typed.contains("of 512 moved by > 0.5"), "{typed}");
    session.send("ast");
    session.wait_for("mast");
    session.send(PANEL);
    session.wait_for("▸ Model");
    session.send(PANEL);
    session.wait_gone("Model");
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("notes.md *"));
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), "mast");
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
        journaled(root.path()).into_iter().find(|text| text.ends_with("middle of a sen"))
    });
    session.signal("KILL");
    session.wait_end();
    assert!(!file.exists());

    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("Restore Alt-R");
    session.send(RESTORE);
    session.wait_gone("Restore Alt-R");
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
    assert_eq!(session.wait_end().exit_code(), 128 + 15);
    let raw = String::from_utf8_lossy(&session.raw()).into_owned();
    for sequence in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h"] {
        assert!(raw.rfind(sequence) > raw.rfind("\x1b[?1049h"), "{sequence:?} was not sent last");
    }
    assert_eq!(journaled(root.path()), ["not saved yet"]);
}

/// The texts in the journals of sessions, alive or dead.
fn journaled(data: &Path) -> Vec<String> {
    let journals = fs::read_dir(data.join("journal")).expect("the editor has made it");
    let read = |entry: fs::DirEntry| journal::read(&entry.path()).ok().flatten();
    journals.filter_map(|entry| read(entry.ok()?)).map(|recovery| recovery.text).collect()
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

/// Another program writes to the file; the writer saves and types on without looking.
#[test]
fn no_letter_answers_what_was_not_asked_for_and_the_other_text_stays() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    fs::write(&file, "one\n").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("one");
    session.send("my ");
    session.wait_for("my one");
    fs::write(&file, "theirs\n").unwrap();
    session.send(SAVE);
    session.wait_for("was changed by another program");
    session.send("and the rest\rreload, overwrite or discard ");
    session.wait_for("reload, overwrite or discard one");
    let screen = session.wait_for("! changed on disk");
    assert!(screen.contains("my and the rest"), "{screen}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "theirs\n");
    // After a second without a key the question takes an answer, by its arrows and Enter; letters still go to the text.
    session.send(SAVE);
    session.wait_for("▸Keep editing");
    session.send("\x1b[C\r");
    session.wait("the other text compared", |screen| {
        let shown = screen.contents();
        shown.contains("+ theirs") && shown.contains("− ")
    });
    session.send(ESCAPE);
    session.wait_for("▸Compare");
    session.send("\x1br");
    session.wait_for("theirs");
    session.wait_gone("and the rest");
    session.wait_gone("! changed on disk");
    session.send("\x1a");
    session.wait_for("my and the rest");
    session.send(MARKS);
    session.wait_for("▸Keep editing");
    session.send("\x1bo");
    eventually("the file overwritten", || {
        fs::read_to_string(&file).ok().filter(|text| text.ends_with("discard one\n"))
    });
    session.wait("saved", |screen| !screen.contents().contains("letter.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
}

#[test]
fn an_unasked_question_is_armed_by_time_alone() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    fs::write(&file, "one\n").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("one");
    session.send("my ");
    session.wait_for("my one");
    fs::write(&file, "theirs\n").unwrap();
    session.send(SAVE);
    session.wait_for("[▸Keep editing");
    session.send("x");
    session.wait_for("my xone");
}

/// A folder that cannot be written to: said as long as it is so.
#[test]
fn the_missing_crash_protection_is_said_as_long_as_it_is_missing() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    // No folder of journals can be made where a file stands.
    fs::write(root.path().join("journal"), "").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("! no crash protection");
    session.send("typed");
    let screen = session.wait_for("typed");
    assert!(screen.contains("! no crash protection"), "{screen}");
    session.send(MARKS);
    session.wait_for("--data-dir");
    session.send(" on");
    let screen = session.wait_for("typed on");
    assert!(screen.contains("! no crash protection"), "{screen}");
}

#[test]
fn saving_twice_typing_on_and_quitting_in_one_burst_saves_all_and_asks_nothing() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("note.txt");
    fs::write(&file, "end\n").unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("end");
    session.send(&format!("one {SAVE}{SAVE}two {SAVE}three {SAVE}{QUIT}"));
    assert!(session.wait_end().success());
    assert_eq!(fs::read_to_string(&file).unwrap(), "one two three end\n");
    for folder in ["saving", "open", "journal"] {
        let left = fs::read_dir(root.path().join(folder)).unwrap().count();
        assert_eq!(left, 0, "a good end leaves nothing in {folder}");
    }
}

#[test]
fn a_second_editor_on_a_file_reports_the_first() {
    let root = tempfile::tempdir().unwrap();
    let (file, link) = (root.path().join("note.txt"), root.path().join("link.txt"));
    fs::write(&file, "once\n").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let mut first = Session::start(root.path(), &[&file], 200, 24);
    first.wait_for("once");
    eventually("the file locked", || fs::read_dir(root.path().join("open")).ok()?.next()?.ok());
    let second = Session::start(root.path(), &[&link], 200, 24);
    second.wait_for("! open elsewhere too");
    drop(second);
    // A lock that its holder left is nobody's.
    first.signal("KILL");
    first.wait_end();
    let third = Session::start(root.path(), &[&link], 200, 24);
    let shown = third.wait_for("Opened");
    assert!(!shown.contains("open elsewhere"), "{shown}");
}

#[test]
fn what_was_typed_is_learned_with_the_save_and_what_was_not_saved_is_not() {
    let root = tempfile::tempdir().unwrap();
    let letters = root.path().join("letters");
    fs::create_dir(&letters).unwrap();
    fs::write(root.path().join("config.toml"), format!("[suggestions]\nlearn_in = [{letters:?}]\n")).unwrap();
    let file = letters.join("a.md");
    let words = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_foreword"));
        let listed = command.args(["words", "list", "--json"]).env("FOREWORD_DATA_DIR", root.path()).output();
        String::from_utf8(listed.unwrap().stdout).unwrap()
    };
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("base ·");
    session.send("the harbour was quiet. ");
    session.wait_for("the harbour was quiet.");
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("a.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
    let learned = words();
    assert!(learned.contains("\"harbour\"") && learned.contains("\"quiet\""), "{learned}");

    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("base ·");
    session.send("the garden gate and the garden wall. ");
    session.wait_for("the garden wall.");
    session.signal("KILL");
    assert!(!session.wait_end().success());
    assert_eq!(words(), learned, "what was not saved was not learned");
}

/// What F3 forgets is in no file once it is left, and until then nothing has changed.
#[test]
fn a_word_forgotten_in_f3_is_had_back_whole_or_gone_from_the_file() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    let learn_in = format!("[suggestions]\nlearn_in = [{:?}]\n", root.path());
    fs::write(root.path().join("config.toml"), learn_in).unwrap();
    let mut session = Session::start(root.path(), &[&file], 80, 24);
    session.wait_for("base ·");
    for typed in ["See a quokkaburra. ", "The quokkaburra slept. ", "It woke. "] {
        session.send(typed);
        session.wait_for(typed.trim_end());
    }
    session.send(SAVE);
    session.wait("saved", |screen| !screen.contents().contains("letter.md *"));
    session.send(QUIT);
    assert!(session.wait_end().success());
    let words = root.path().join("models/base.words");
    let before = fs::read(&words).unwrap();
    let holds = |bytes: &[u8]| bytes.windows(11).any(|part| part == b"quokkaburra");
    assert!(holds(&before));
    for (presses, is_kept) in [(2, true), (1, false)] {
        let mut session = Session::start(root.path(), &[&file], 80, 24);
        session.wait_for("base ·");
        session.send(TO_THE_END);
        session.send("The quok");
        session.wait("the word on offer", |screen| screen.contents().matches("quokkaburra").count() > 2);
        session.send(WHY);
        session.wait_for("Alt-X forget");
        for press in 0..presses {
            session.send("\x1bx");
            session.wait_for(if press % 2 == 0 { "Alt-X have back" } else { "Alt-X forget" });
            assert_eq!(fs::read(&words).unwrap(), before, "nothing changes while it is open");
        }
        session.send(ESCAPE);
        session.wait_gone("Why these words?");
        session.send(QUIT);
        session.wait_for("Discard");
        session.send("\x1bd");
        assert!(session.wait_end().success());
        let after = fs::read(&words).unwrap();
        assert_eq!((after == before, holds(&after)), (is_kept, is_kept));
    }
}

#[test]
fn a_search_that_is_left_leads_back_and_incognito_is_said() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("letter.md");
    fs::write(&file, "one two one\n").unwrap();
    let mut session = Session::start(root.path(), &[Path::new("--incognito"), &file], 80, 24);
    session.wait_for("incognito: nothing typed is learned");
    session.send(FIND);
    session.send("two");
    session.wait_for("1 of 1");
    session.send(ESCAPE);
    session.wait_gone("Find:");
    session.send("x");
    session.wait_for("xone two one");
    session.send(FIND);
    session.send("two\r");
    session.wait_gone("Find:");
    session.send("y");
    session.wait_for("xone ytwo one");
    session.wait_for("incognito: nothing typed is learned");
    session.send(QUIT);
    session.wait_for("Discard");
    session.send("\x1bd");
    assert!(session.wait_end().success());
}
