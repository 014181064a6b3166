//! Saves that overlap. The disk is as slow as the test wants: a save stops at each of its steps until it is let on.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use ropey::Rope;

use super::tests::folder;
use super::*;
use crate::runtime::documents::write::SaveStep;
use editor::Message;
use editor::effect::{SaveRequest, TextFile};
use editor::mark::MarkKind;
use editor::message::FileForm;
use editor::text::ContentRevision;

/// A queue whose saves stop at one of their steps, and can be made to fail there.
struct Slow {
    root: tempfile::TempDir,
    queue: Option<SaveQueue>,
    answers: Receiver<Message>,
    reached: Receiver<()>,
    go_on: Sender<Result<(), io::ErrorKind>>,
    revision: ContentRevision,
}

impl Slow {
    /// Stops before the draft gets its name: the last look at the file is behind.
    fn start() -> Self {
        Self::start_at(SaveStep::Rename)
    }

    fn start_at(stop: SaveStep) -> Self {
        let root = folder();
        let (sender, answers) = channel();
        let (arrive, reached) = channel();
        let (go_on, gate) = channel::<Result<(), io::ErrorKind>>();
        let step = move |step| {
            if step != stop {
                return Ok(());
            }
            let _ = arrive.send(());
            // A test that has ended lets everything through.
            gate.recv().unwrap_or(Ok(())).map_err(io::Error::from)
        };
        let saver = Saver::watched(root.path(), Box::new(step));
        let queue = Some(SaveQueue::start_with(saver, Some(&root.path().to_path_buf()), sender));
        Self { root, queue, answers, reached, go_on, revision: ContentRevision(0) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Requests a save with the stamp that the editor has.
    fn ask(&mut self, name: &str, text: &str, expected: Option<FileStamp>, force: bool) {
        self.revision.0 += 1;
        let document = TextFile { path: Some(self.path("note")), based_on: expected, ..TextFile::default() };
        let (path, text, form, revision) =
            (self.path(name), Rope::from_str(text), FileForm::default(), self.revision);
        let request = SaveRequest { path, text, revision, form, expected, force, document };
        self.queue.as_ref().unwrap().save(request);
    }

    /// Waits until a save stops.
    fn stopped(&self) {
        self.reached.recv().unwrap();
    }

    fn let_on(&self) {
        self.go_on.send(Ok(())).unwrap();
    }

    fn answer(&self) -> Message {
        self.answers.recv().unwrap()
    }

    fn saved(&self) -> (u64, FileStamp) {
        match self.answer() {
            Message::FileSaved { revision, stamp, .. } => (revision.0, stamp),
            other => panic!("{other:?}"),
        }
    }

    fn on_disk(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Lets all on that is still to come, and returns the answers not yet had.
    fn end(mut self) -> Vec<Message> {
        let (go_on, _) = channel();
        self.go_on = go_on;
        self.queue = None;
        self.answers.iter().collect()
    }
}

fn write(slow: &Slow, text: &str) -> Option<FileStamp> {
    fs::write(slow.path("note"), text).unwrap();
    open(&slow.path("note")).unwrap().stamp
}

#[test]
fn a_save_during_a_save_meets_what_the_first_has_left() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    slow.ask("note", "one", known, false);
    slow.stopped();
    slow.ask("note", "one two", known, false);
    slow.let_on();
    let (first, _) = slow.saved();
    slow.stopped();
    // Requested before either answer, and after the first one.
    slow.ask("note", "one two three", known, false);
    slow.let_on();
    let (second, stamp) = slow.saved();
    slow.stopped();
    slow.ask("note", "one two three four", Some(stamp), false);
    slow.let_on();
    let (third, _) = slow.saved();
    slow.stopped();
    slow.let_on();
    assert_eq!((first, second, third, slow.saved().0), (1, 2, 3, 4));
    assert_eq!(slow.on_disk("note"), "one two three four");
    assert_eq!(slow.end(), []);
}

#[test]
fn a_file_made_by_the_first_save_is_no_stranger_to_the_second() {
    let mut slow = Slow::start();
    slow.ask("note", "one", None, false);
    slow.stopped();
    slow.ask("note", "one two", None, false);
    slow.let_on();
    slow.saved();
    slow.stopped();
    slow.let_on();
    assert_eq!(slow.saved().0, 2);
}

#[test]
fn of_saves_that_queue_up_the_newest_is_written() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    for text in ["one", "two", "three", "four"] {
        slow.ask("note", text, known, false);
        if text == "one" {
            slow.stopped();
        }
    }
    slow.let_on();
    assert_eq!(slow.saved().0, 1);
    slow.stopped();
    slow.let_on();
    assert_eq!(slow.saved().0, 4);
    assert_eq!(slow.on_disk("note"), "four");
    assert_eq!(slow.end(), []);
}

#[test]
fn a_foreign_change_is_seen_wherever_it_falls() {
    for (saves, when) in
        [(1, "before the save"), (1, "during it"), (2, "before the second"), (2, "during it")]
    {
        // Stops while the draft is being written.
        let mut slow = Slow::start_at(SaveStep::Attributes);
        let known = write(&slow, "old");
        if saves == 2 {
            slow.ask("note", "one", known, false);
            slow.stopped();
            slow.let_on();
            assert_eq!(slow.saved().0, 1);
        }
        if when.starts_with("before") {
            write(&slow, "new");
            slow.ask("note", "two", known, false);
        } else {
            slow.ask("note", "two", known, false);
            slow.stopped();
            write(&slow, "new");
            slow.let_on();
        }
        assert_eq!(slow.answer(), Message::FileChangedOnDisk { path: slow.path("note") }, "{when} {saves}");
        assert_eq!(slow.on_disk("note"), "new", "{when} {saves}");
        assert_eq!(slow.end(), [], "{when} {saves}");
    }
}

#[test]
fn the_old_bytes_put_back_between_two_saves_are_a_foreign_change() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    slow.ask("note", "one", known, false);
    slow.stopped();
    slow.let_on();
    slow.saved();
    write(&slow, "old");
    slow.ask("note", "two", known, false);
    assert!(matches!(slow.answer(), Message::FileChangedOnDisk { .. }));
}

#[test]
fn a_file_read_anew_begins_a_new_chain() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    slow.ask("note", "one", known, false);
    slow.stopped();
    slow.let_on();
    slow.saved();
    let theirs = write(&slow, "theirs");
    slow.queue.as_ref().unwrap().opened(Some(slow.path("note")), theirs);
    slow.ask("note", "two", known, false);
    assert!(matches!(slow.answer(), Message::FileChangedOnDisk { .. }), "with what was known before");
    slow.ask("note", "theirs and mine", theirs, false);
    slow.stopped();
    slow.let_on();
    slow.saved();
}

#[test]
fn a_failed_save_is_no_change_by_another() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    slow.ask("note", "one", known, false);
    slow.stopped();
    slow.ask("note", "two", known, false);
    slow.go_on.send(Err(io::ErrorKind::TimedOut)).unwrap();
    assert!(matches!(slow.answer(), Message::SaveFailed { revision: ContentRevision(1), .. }));
    slow.stopped();
    assert_eq!(slow.on_disk("note"), "old");
    slow.let_on();
    assert_eq!(slow.saved().0, 2);
    assert_eq!(slow.on_disk("note"), "two");
}

#[test]
fn a_save_under_another_name_in_between_breaks_no_chain() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    slow.ask("note", "one", known, false);
    slow.stopped();
    slow.ask("copy", "two", None, false);
    slow.ask("note", "three", known, false);
    slow.ask("copy", "four", None, false);
    for revision in 1..=4 {
        slow.let_on();
        assert_eq!(slow.saved().0, revision);
    }
    assert_eq!((slow.on_disk("note").as_str(), slow.on_disk("copy").as_str()), ("three", "four"));
    fs::write(slow.path("other"), "a stranger's").unwrap();
    slow.ask("other", "five", None, false);
    assert!(matches!(slow.answer(), Message::FileChangedOnDisk { .. }));
}

#[test]
fn the_open_file_under_another_name_is_no_stranger() {
    let mut slow = Slow::start();
    let known = write(&slow, "old");
    for name in ["./note", "sub/../note"] {
        fs::create_dir_all(slow.path("sub")).unwrap();
        slow.revision.0 += 1;
        let document = TextFile { path: Some(slow.path("note")), based_on: known, ..TextFile::default() };
        let (path, text, form, revision) =
            (slow.path(name), Rope::from_str("old"), FileForm::default(), slow.revision);
        slow.queue.as_ref().unwrap().save(SaveRequest {
            path,
            text,
            revision,
            form,
            expected: None,
            force: false,
            document,
        });
        slow.stopped();
        slow.let_on();
        slow.saved();
    }
}

#[test]
fn the_question_is_asked_once_and_an_overwriting_save_answers_it() {
    for overwrite in [false, true] {
        let mut slow = Slow::start();
        let known = write(&slow, "old");
        slow.ask("busy", "x", None, false);
        slow.stopped();
        write(&slow, "theirs");
        slow.ask("note", "one", known, false);
        slow.ask("copy", "y", None, false);
        slow.ask("note", "two", known, false);
        if overwrite {
            slow.ask("note", "three", known, true);
        }
        let name = slow.path("note");
        slow.let_on();
        slow.saved();
        let answers = slow.end();
        let asked =
            answers.iter().filter(|answer| matches!(answer, Message::FileChangedOnDisk { .. })).count();
        let overwritten =
            answers.iter().any(|a| matches!(a, Message::FileSaved { path, .. } if *path == name));
        assert_eq!((asked, overwritten), (usize::from(!overwrite), overwrite));
    }
}

#[test]
fn what_is_queued_when_the_editor_closes_is_written() {
    let mut slow = Slow::start();
    slow.ask("note", "one", None, false);
    slow.stopped();
    slow.ask("note", "two", None, false);
    slow.ask("other", "three", None, false);
    let (note, other) = (slow.path("note"), slow.path("other"));
    // The folder lives as long as this.
    let _root = std::mem::replace(&mut slow.root, folder());
    let answers = slow.end();
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert_eq!(fs::read_to_string(note).unwrap(), "two");
    assert_eq!(fs::read_to_string(other).unwrap(), "three");
}

#[test]
fn a_fault_in_saving_costs_one_save_and_no_text() {
    let root = folder();
    let (sender, answers) = channel();
    let first = std::sync::atomic::AtomicBool::new(true);
    let step = move |_| {
        assert!(!first.swap(false, std::sync::atomic::Ordering::Relaxed), "a fault, for the test");
        Ok(())
    };
    let queue = SaveQueue::start_with(
        Saver::watched(root.path(), Box::new(step)),
        Some(&root.path().to_path_buf()),
        sender,
    );
    let path = root.path().join("note");
    for revision in 1..=2 {
        queue.save(SaveRequest {
            path: path.clone(),
            text: Rope::from_str("text"),
            revision: ContentRevision(revision),
            form: FileForm::default(),
            expected: None,
            force: true,
            document: TextFile::default(),
        });
    }
    drop(queue);
    let answers: Vec<Message> = answers.iter().collect();
    assert!(
        matches!(&answers[..], [Message::SaveFailed { revision: ContentRevision(1), cause, .. }, Message::FileSaved { revision: ContentRevision(2), .. }]
            if cause.contains("note") && cause.contains("Try again")),
        "{answers:?}"
    );
}

#[test]
fn a_file_open_elsewhere_is_reported_and_drafts_beside_it_are_cleared() {
    let root = folder();
    let (documents, locks) = (root.path().join("documents"), root.path().join("open"));
    for folder in [&documents, &locks] {
        fs::create_dir(folder).unwrap();
    }
    let note = documents.join("note");
    fs::write(&note, "x").unwrap();
    let left = documents.join(format!(".foreword-{}-abc123.draft", u32::MAX));
    fs::write(&left, "half").unwrap();
    let (first, first_answers) = channel();
    let first = SaveQueue::start_with(Saver::new(root.path()), Some(&locks), first);
    first.opened(Some(note.clone()), None);
    // A save is answered only after what came before it.
    let request = |path: PathBuf| SaveRequest {
        path,
        text: Rope::new(),
        revision: ContentRevision(1),
        form: FileForm::default(),
        expected: None,
        force: true,
        document: TextFile::default(),
    };
    first.save(request(documents.join("other")));
    assert!(matches!(first_answers.recv().unwrap(), Message::FileSaved { .. }));
    assert!(!left.exists());
    let (second, answers) = channel();
    let second = SaveQueue::start_with(Saver::new(root.path()), Some(&locks), second);
    second.opened(Some(note.clone()), None);
    assert!(matches!(answers.recv().unwrap(), Message::Marked(mark) if mark.file.as_ref() == Some(&note)));
    drop(first);
    second.opened(None, None);
    second.opened(Some(note.clone()), None);
    assert_eq!(answers.recv().unwrap(), Message::Unmarked(MarkKind::OpenElsewhere), "it is free now");
}

/// A formatter that reacts to the save is quicker than the save's last step.
#[test]
fn what_another_program_writes_the_moment_a_save_is_there_is_met_by_the_next_one() {
    let mut slow = Slow::start_at(SaveStep::Named);
    let path = slow.path("note");
    fs::write(&path, "old").unwrap();
    let expected = stamp(&path);
    slow.ask("note", "mine", expected, false);
    slow.stopped();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "them").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    slow.let_on();
    let (_, saved) = slow.saved();
    slow.ask("note", "mine again", Some(saved), false);
    assert!(matches!(slow.answer(), Message::FileChangedOnDisk { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), "them");
}
