//! Questions, comparisons and lasting marks, at 80×24, 40×12 and 20×6.

use editor::mark::{Mark, MarkKind};
use editor::message::{FileStamp, KeptBecause, Recovery};

use super::*;

const STAMP: FileStamp = FileStamp { modified_ns: 1_795_486_260_000_000_000, length: 1, hash: 1 };
const OLDER: FileStamp = FileStamp { modified_ns: 1_795_400_000_000_000_000, length: 2, hash: 2 };

fn all_sizes(name: &str, make: impl Fn(u16, u16) -> State) {
    snapshots_at(&[(80, 24), (40, 12), SMALL], name, make);
}

fn alt(state: &mut State, c: char) {
    press(state, KeyCode::Char(c), KeyModifiers::ALT);
}

fn ctrl(state: &mut State, c: char) {
    press(state, KeyCode::Char(c), KeyModifiers::CONTROL);
}

fn arm(state: &mut State) {
    let number = state.questions;
    send(state, Message::QuestionArmed(number));
}

fn changed_unarmed(width: u16, height: u16) -> State {
    let mut state = letter(width, height);
    ctrl(&mut state, 's');
    send(&mut state, Message::FileChangedOnDisk { path: "/home/kim/letter.md".into() });
    state
}

pub(super) fn changed(width: u16, height: u16) -> State {
    let mut state = changed_unarmed(width, height);
    arm(&mut state);
    state
}

pub(super) fn comparison(width: u16, height: u16) -> State {
    let mut state = changed(width, height);
    alt(&mut state, 'c');
    let theirs = LETTER.replace("beans", "peas").replace("Love, ", "Yours,\nKim");
    let path = PathBuf::from("/home/kim/letter.md");
    let content = FileContent {
        path: path.clone(),
        text: theirs,
        exists: true,
        form: FileForm::default(),
        read_only: false,
        stamp: Some(STAMP),
    };
    send(&mut state, Message::FileRead { path, found: Ok(content) });
    state
}

fn recovery(because: KeptBecause, name: &str) -> Recovery {
    Recovery {
        because,
        form: FileForm::default(),
        based_on: Some(OLDER),
        on_disk: Some(OLDER),
        path: Some(PathBuf::from(name)),
        text: LETTER.to_owned(),
        journal: PathBuf::from(format!("/data/journal/{name}")),
        written: "2026-11-24T02:11:00Z".parse().expect("it is a time"),
        damage: None,
    }
}

fn found(because: KeptBecause, on_disk: FileStamp) -> impl Fn(u16, u16) -> State {
    move |width, height| {
        let mut state = empty(width, height);
        let name = "/home/kim/letter.md";
        let opened = FileContent {
            path: name.into(),
            text: "Dear Kim,\n".to_owned(),
            exists: true,
            form: FileForm::default(),
            read_only: false,
            stamp: Some(on_disk),
        };
        send(&mut state, Message::FileOpened(opened));
        send(
            &mut state,
            Message::RecoveryFound(Recovery { on_disk: Some(on_disk), ..recovery(because, name) }),
        );
        arm(&mut state);
        state
    }
}

pub(super) fn recoveries(width: u16, height: u16) -> State {
    let mut state = found(KeptBecause::Crash, STAMP)(width, height);
    let kept = vec![
        recovery(KeptBecause::Discard, "/home/kim/diary.md"),
        recovery(KeptBecause::Overwrite, "/home/kim/letter.md"),
        Recovery { path: None, ..recovery(KeptBecause::Reload, "unnamed") },
    ];
    send(&mut state, Message::KeptListed(kept));
    state
}

fn hostile_name(width: u16, height: u16) -> State {
    let mut state = empty(width, height);
    let name = "/srv/\u{1b}]0;name\u{7}\u{202e}.txt";
    send(&mut state, Message::RecoveryFound(recovery(KeptBecause::Crash, name)));
    state
}

pub(super) fn hostile_mark(width: u16, height: u16) -> State {
    let mut state = hostile_name(width, height);
    key(&mut state, KeyCode::Esc);
    send(&mut state, Message::Marked(Mark::new(MarkKind::Unprotected, "/srv/\u{1b}[2J\u{9b}x is read-only")));
    key(&mut state, KeyCode::F(4));
    state
}

#[test]
fn leaving_with_changes() {
    all_sizes("leave", |width, height| {
        let mut state = letter(width, height);
        ctrl(&mut state, 'q');
        state
    });
}

#[test]
fn a_file_changed_on_disk() {
    all_sizes("changed", changed);
    all_sizes("changed_unarmed", changed_unarmed);
    all_sizes("changed_mark", |width, height| {
        let mut state = changed(width, height);
        type_text(&mut state, "so");
        state
    });
    all_sizes("comparison", comparison);
}

#[test]
fn texts_that_can_be_had_back() {
    all_sizes("recovery", found(KeptBecause::Crash, OLDER));
    all_sizes("recovery_outdated", found(KeptBecause::Crash, STAMP));
    all_sizes("recoveries", recoveries);
    all_sizes("recoveries_last", |width, height| {
        let mut state = recoveries(width, height);
        for _ in 0..3 {
            key(&mut state, KeyCode::Down);
        }
        state
    });
    all_sizes("recovery_discard", |width, height| {
        let mut state = found(KeptBecause::Crash, OLDER)(width, height);
        alt(&mut state, 'd');
        state
    });
}

#[test]
fn lasting_marks() {
    let marked = |kinds: &'static [MarkKind]| {
        move |width, height| {
            let mut state = letter(width, height);
            for &kind in kinds {
                let said = "A crash would lose what is not saved: no recovery file can be kept in /data/journal: the \
                    file system is read-only. Save often, or choose another place with --data-dir.";
                send(&mut state, Message::Marked(Mark::new(kind, said)));
            }
            type_text(&mut state, "x");
            state
        }
    };
    all_sizes("mark", marked(&[MarkKind::Unprotected]));
    all_sizes("marks", marked(&[MarkKind::Model, MarkKind::Unprotected, MarkKind::NeverList]));
    all_sizes("mark_told_on", move |width, height| {
        let mut state = marked(&[MarkKind::Unprotected])(width, height);
        for code in [KeyCode::F(4), KeyCode::Down, KeyCode::Down, KeyCode::Down] {
            key(&mut state, code);
        }
        state
    });
    all_sizes("mark_told", move |width, height| {
        let mut state = marked(&[MarkKind::Unprotected, MarkKind::Model])(width, height);
        key(&mut state, KeyCode::F(4));
        state
    });
}

/// Every mark is named in the status line of the smallest window, beside the name of the file.
#[test]
fn a_mark_is_seen_in_every_window() {
    for kind in [
        MarkKind::Changed,
        MarkKind::Unprotected,
        MarkKind::OpenElsewhere,
        MarkKind::Found,
        MarkKind::Settings,
        MarkKind::NeverList,
        MarkKind::Model,
        MarkKind::Words,
    ] {
        for (width, height) in [(80, 24), (40, 12), SMALL] {
            let mut state = letter(width, height);
            send(&mut state, Message::Marked(Mark::new(kind, "because")));
            let rows = draw(&state).rows();
            let status = &rows[height as usize - 1];
            let named = status.contains(kind.name()) || status.contains(kind.short_name());
            assert!(
                status.contains('!') && named && status.contains(".md *"),
                "{kind:?} {width}: {status:?}"
            );
        }
    }
}

#[test]
fn saving_over_another_file_does_not_blame_a_program() {
    let mut state = letter(80, 24);
    key(&mut state, KeyCode::F(12));
    type_text(&mut state, "x\n");
    send(&mut state, Message::FileChangedOnDisk { path: "/home/kim/letter.mdx".into() });
    let screen = draw(&state).text();
    assert!(
        screen.contains("/home/kim/letter.mdx is there already") && !screen.contains("program"),
        "{screen}"
    );
    assert!(screen.contains("Overwrite") && !screen.contains("Reload"), "{screen}");
}

/// What is drawn as a button is what a click finds; the one that Enter takes differs in more than its colour.
#[test]
fn the_buttons_are_whole_on_every_screen() {
    for make in [changed, recoveries] {
        for (width, height) in [(80, 24), (60, 15), (40, 12), (30, 8), SMALL, (20, 4)] {
            let state = make(width, height);
            let drawn = draw(&state);
            let rows = drawn.rows();
            for button in editor::layout::buttons(&state) {
                let row = &rows[usize::from(button.area.y)];
                assert!(row.contains(&button.text), "{width}×{height}: {:?} in {row:?}", button.text);
                let keys = ["Alt-", "Esc", "F4", "Don't save", "Keep editing", "Later", "Close"];
                let named = keys.iter().any(|key| button.text.contains(key));
                let underlined = drawn.underlined(button.area);
                assert_eq!(underlined, usize::from(!named), "{width}×{height}: {:?}", button.text);
            }
            let shown = rows.join("\n");
            assert_eq!(shown.matches("[▸").count(), 1, "{width}×{height}:\n{shown}");
        }
    }
}

#[test]
fn a_window_that_has_just_shrunk_is_drawn_on() {
    for make in [changed, recoveries, comparison, hostile_mark] {
        for (width, height) in [(79, 23), (40, 12), (20, 6), (8, 3), (1, 1)] {
            let state = make(80, 24);
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| view::view(&state, frame)).unwrap();
        }
    }
}
