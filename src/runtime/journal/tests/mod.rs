//! Sessions that end well, and sessions that do not.

mod damage;
mod kept;
mod power;

use std::sync::mpsc::channel;
use std::time::SystemTime;

use super::log::Log;
use super::*;
use crate::runtime::documents;
use editor::message::{FileForm, KeptBecause, Recovery};
use editor::text::{DocumentId, Edit};

/// A text that is being edited.
#[derive(Clone, Default)]
pub(super) struct Writer {
    file: TextFile,
    document: u64,
    text: Rope,
}

impl Writer {
    pub(super) fn new(text: &str) -> Self {
        Self { text: Rope::from_str(text), ..Self::default() }
    }

    /// Opens a file, as the editor does.
    pub(super) fn open(path: &Path, document: u64) -> Self {
        let content = documents::open(path).unwrap();
        let file = TextFile { path: Some(content.path), form: content.form, based_on: content.stamp };
        Self { file, document, text: Rope::from_str(&content.text) }
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, inserted: &str) -> JournalEntry {
        let before = self.text.clone();
        let edit = Edit::replace(&before, start, end, inserted);
        edit.apply(&mut self.text);
        let (file, text) = (self.file.clone(), self.text.clone());
        JournalEntry { file, document: DocumentId(self.document), before, edit, text }
    }

    /// Types at the end.
    pub(super) fn add(&mut self, inserted: &str) -> JournalEntry {
        let end = self.text.len_chars();
        self.replace(end, end, inserted)
    }

    /// Settles a text: the file holds it, or the writer discarded it.
    pub(super) fn settled(&self, is_saved: bool) -> Settled {
        let Self { file, document, text } = self.clone();
        Settled { document, file, text, is_saved }
    }
}

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.journal()).unwrap();
        place
    }

    fn journal(&self) -> PathBuf {
        self.root.path().join("journal")
    }

    fn kept(&self) -> PathBuf {
        self.root.path().join("kept")
    }

    fn start(&self) -> Journal {
        Journal::start(&self.journal(), channel().0).unwrap()
    }

    fn find(&self) -> FoundJournals {
        Orphans::find(&self.journal(), &self.kept())
    }

    fn offered(&self) -> Vec<String> {
        self.find().recoveries.into_iter().map(|recovery| recovery.text).collect()
    }

    fn listed(&self) -> Vec<Recovery> {
        let (sender, messages) = channel();
        Kept::start(&self.kept(), sender).list();
        let Message::KeptListed(listed) = messages.recv().unwrap() else { panic!() };
        listed
    }

    fn left(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.journal()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// The session dies: what it has written stays under another name, whose lock nobody holds.
fn kill(journal: Journal) -> PathBuf {
    journal.flusher().flush();
    let dead = journal.path.with_file_name("1-dead.journal");
    std::fs::copy(&journal.path, &dead).unwrap();
    std::fs::remove_file(&journal.path).unwrap();
    dead
}

fn forget(journal: &Journal, writer: &Writer, is_saved: bool) {
    journal.forget(DocumentId(writer.document), writer.file.clone(), writer.text.clone(), is_saved);
}

#[test]
fn a_dead_session_is_found_and_a_live_one_is_not() {
    let place = Place::new();
    let journal = place.start();
    let mut writer = Writer {
        file: TextFile { path: Some("/notes/a b.md".into()), ..TextFile::default() },
        ..Writer::default()
    };
    journal.write(writer.add("half a sen"));
    journal.flusher().flush();
    assert!(place.offered().is_empty(), "alive");
    let dead = kill(journal);
    let found = place.find();
    let [recovery] = &found.recoveries[..] else { panic!("{found:?}") };
    assert_eq!(
        (&recovery.path, &*recovery.text, &recovery.journal),
        (&writer.file.path, "half a sen", &dead)
    );
    assert!(place.offered().is_empty(), "offered by another instance");
}

#[test]
fn a_good_end_leaves_nothing() {
    for is_saved in [true, false] {
        let place = Place::new();
        let journal = place.start();
        let mut writer = Writer::new("");
        for _ in 0..200 {
            journal.write(writer.add("x"));
        }
        let kept = journal.flusher().flush().unwrap();
        assert_eq!(read(&kept).unwrap().unwrap().text, "x".repeat(200));
        forget(&journal, &writer, is_saved);
        assert_eq!(journal.flusher().flush(), None);
        drop(journal);
        assert!(place.left().is_empty(), "{:?}", place.left());
    }
}

#[test]
fn what_is_pending_is_written_on_the_way_out() {
    let place = Place::new();
    let journal = place.start();
    let mut writer = Writer::new("");
    journal.write(writer.add("one"));
    journal.write(writer.add(" two"));
    drop(journal);
    assert_eq!(place.offered(), ["one two"]);
}

#[test]
fn recovered_text_knows_what_it_was_made_from() {
    let place = Place::new();
    let path = place.root.path().join("letter.md");
    std::fs::write(&path, "\u{feff}one\r\ntwo\r\n").unwrap();
    let journal = place.start();
    let mut writer = Writer::open(&path, 1);
    let then = writer.file.based_on;
    journal.write(writer.add("three"));
    kill(journal);
    std::fs::write(&path, "somebody else's").unwrap();
    let recovery = place.find().recoveries.pop().unwrap();
    assert_eq!(recovery.form, FileForm { crlf: true, bom: true });
    assert_eq!((recovery.based_on, recovery.on_disk), (then, documents::stamp(&path)));
    assert_eq!((recovery.text.as_str(), recovery.because), ("one\ntwo\nthree", KeptBecause::Crash));
    assert!(recovery.is_outdated());
}

#[test]
fn a_text_that_its_file_holds_is_not_offered() {
    let place = Place::new();
    let path = place.root.path().join("letter.md");
    std::fs::write(&path, "one\r\n").unwrap();
    let journal = place.start();
    let mut writer = Writer::open(&path, 1);
    journal.write(writer.add("two\n"));
    // Killed between the saving and the noting of it.
    std::fs::write(&path, "one\r\ntwo\r\n").unwrap();
    kill(journal);
    assert!(place.find().recoveries.is_empty() && place.left().is_empty());
}

#[test]
fn a_saved_text_is_not_offered_and_one_typed_on_is() {
    let place = Place::new();
    let path = place.root.path().join("letter.md");
    for (typed_on, offered) in [("", vec![]), (" and on", vec!["saved and on".to_owned()])] {
        let journal = place.start();
        let mut writer = Writer {
            file: TextFile { path: Some(path.clone()), ..TextFile::default() },
            ..Writer::default()
        };
        journal.write(writer.add("saved"));
        std::fs::write(&path, "saved").unwrap();
        writer.file.based_on = documents::stamp(&path);
        forget(&journal, &writer, true);
        if !typed_on.is_empty() {
            journal.write(writer.add(typed_on));
        }
        kill(journal);
        assert_eq!(place.offered(), offered);
    }
}

#[test]
fn changes_that_were_not_reported_are_found() {
    let place = Place::new();
    let journal = place.start();
    let mut writer = Writer::new("one two three");
    journal.write(writer.add("!"));
    writer.replace(4, 7, "2");
    forget(&journal, &writer, true);
    writer.replace(0, 1, "O");
    journal.write(writer.add("?"));
    kill(journal);
    assert_eq!(place.offered(), ["One 2 three!?"]);
}

#[test]
fn the_document_opened_last_is_the_one_that_counts() {
    let place = Place::new();
    let journal = place.start();
    let (mut first, mut second) = (Writer::new("first"), Writer { document: 7, ..Writer::new("second") });
    journal.write(first.add("!"));
    forget(&journal, &second, true);
    journal.write(second.add("?"));
    kill(journal);
    assert_eq!(place.offered(), ["second?"]);
}

#[test]
fn what_is_discarded_goes_to_the_kept_texts_and_what_is_taken_over_goes() {
    for (taken_over, kept) in [(None, vec!["\nwith\nlines\n"]), (Some("\nwith\nlines\n"), vec![])] {
        let place = Place::new();
        let journal = place.start();
        journal.write(Writer::new("").add("\nwith\nlines\n"));
        let dead = kill(journal);
        let bystander = place.journal().join("letter");
        std::fs::write(&bystander, "dear").unwrap();
        let mut orphans = place.find().orphans;
        let taken_over = taken_over.map(Rope::from_str);
        assert!(!orphans.discard(&bystander, taken_over.as_ref(), &place.kept()));
        assert!(orphans.discard(&dead, taken_over.as_ref(), &place.kept()));
        assert_eq!(place.left(), ["letter"]);
        let listed = place.listed();
        assert_eq!(listed.iter().map(|recovery| recovery.text.as_str()).collect::<Vec<_>>(), kept);
        assert!(listed.iter().all(|recovery| recovery.because == KeptBecause::Discard));
    }
}

#[test]
fn what_dead_sessions_leave_behind_is_removed() {
    let place = Place::new();
    for name in ["1-a.lock", "1-b.draft", "1-c.journal"] {
        std::fs::write(place.journal().join(name), "").unwrap();
    }
    let alive = place.start();
    assert!(place.find().problems.is_empty());
    assert_eq!(place.left(), [alive.path.file_name().unwrap().to_str().unwrap()]);
}

#[test]
fn a_journal_of_the_first_format_is_read_unless_its_session_lives() {
    let place = Place::new();
    let (journal, lock) = (place.journal().join("1-a.journal"), place.journal().join("1-a.lock"));
    std::fs::write(&journal, "{\"foreword_journal\":1,\"path\":\"/a\",\"written\":\"x\"}\nthe text\n")
        .unwrap();
    let held = std::fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    assert!(place.offered().is_empty());
    drop(held);
    assert_eq!(place.offered(), ["the text\n"]);
}

#[test]
fn what_cannot_be_read_is_left_and_said() {
    let newer = {
        let mut bytes = Vec::new();
        format::encode(0, &format::Record::Head { foreword_journal: 3 }, &mut bytes).unwrap();
        bytes
    };
    for (bytes, said) in [(b"no header here".to_vec(), "damaged"), (newer, "newer")] {
        let place = Place::new();
        let broken = place.journal().join("1-2.journal");
        std::fs::write(&broken, bytes).unwrap();
        let found = place.find();
        assert!(found.recoveries.is_empty() && broken.exists());
        assert!(found.problems[0].contains(said) && found.problems[0].contains("1-2.journal"), "{found:?}");
    }
}

#[test]
fn a_journal_that_cannot_be_written_is_reported_once() {
    let place = Place::new();
    let (sender, messages) = channel();
    let journal = Journal::start(&place.journal(), sender).unwrap();
    std::fs::remove_dir_all(place.journal()).unwrap();
    let mut writer = Writer::new("");
    for text in ["a", "b", "c"] {
        journal.write(writer.add(text));
        journal.flusher().flush();
    }
    drop(journal);
    let said: Vec<Message> = messages.iter().collect();
    assert!(
        matches!(&said[..], [Message::Marked(mark)] if mark.sentence.contains("recovery file")),
        "{said:?}"
    );
}

/// A disk that hangs is one whose threads never answer.
#[test]
fn nobody_waits_for_a_disk_that_hangs() {
    let mailbox = Mailbox::default();
    mailbox.push(Job::Change(Writer::new("").add("text")));
    for until in [Until::Written, Until::Synced, Until::Ended] {
        assert!(!mailbox.wait(until, Duration::from_millis(1)));
    }
    assert!(mailbox.is_unsaved());
}

#[test]
fn a_journal_that_was_taken_away_is_written_anew() {
    let place = Place::new();
    let journal = place.start();
    let mut writer = Writer::new("said before, ");
    journal.write(writer.add("and "));
    journal.flusher().flush();
    std::fs::remove_file(&journal.path).unwrap();
    journal.write(writer.add("after"));
    let path = journal.flusher().flush().unwrap();
    assert_eq!(read(&path).unwrap().unwrap().text, "said before, and after");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn journals_are_private() {
        let place = Place::new();
        let journal = place.start();
        journal.write(Writer::new("").add("secret"));
        let file = journal.flusher().flush().unwrap();
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_others_can_change_is_refused() {
        for (what, said) in [("journal", "chmod go-w"), ("", "chmod go-w")] {
            for mode in [0o770, 0o707] {
                let place = Place::new();
                set_mode(&place.root.path().join(what), mode);
                let error = Journal::start(&place.journal(), channel().0).unwrap_err().to_string();
                assert!(error.contains(said), "{error}");
            }
        }
        let place = Place::new();
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::remove_dir(place.journal()).unwrap();
        symlink(elsewhere.path(), place.journal()).unwrap();
        let error = Journal::start(&place.journal(), channel().0).unwrap_err().to_string();
        assert!(error.contains("is a link"), "{error}");
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn no_link_and_no_pipe_is_followed() {
        let place = Place::new();
        let target = place.root.path().join("precious");
        std::fs::write(&target, "precious").unwrap();
        for name in ["1-a.lock", "1-b.journal", "1-b.lock", "1-c.draft"] {
            symlink(&target, place.journal().join(name)).unwrap();
        }
        let pipe = place.journal().join("1-d.journal");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let found = place.find();
        assert_eq!(found.problems.len(), 4, "{found:?}");
        assert!(found.recoveries.is_empty());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    }

    #[test]
    fn a_name_that_is_not_utf_8_comes_back() {
        use std::os::unix::ffi::OsStringExt;
        let place = Place::new();
        let name: PathBuf = std::ffi::OsString::from_vec(b"/caf\xe9.md".to_vec()).into();
        let journal = place.start();
        let file = TextFile { path: Some(name.clone()), ..TextFile::default() };
        journal.write(Writer { file, ..Writer::default() }.add("x"));
        kill(journal);
        assert_eq!(place.find().recoveries[0].path, Some(name));
    }
}
