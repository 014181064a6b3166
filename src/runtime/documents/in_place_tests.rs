//! Files that keep their links, owners and attributes, and saves in place: refused, failed, interrupted, completed.

#![cfg(unix)]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ropey::Rope;

use super::tests::{folder, save_with};
use super::*;
use crate::runtime::documents::write::SaveStep;
use editor::message::{FileForm, Recovery};

struct Place {
    root: tempfile::TempDir,
    note: PathBuf,
    copies: PathBuf,
}

fn place(old: &str) -> Place {
    let root = folder();
    let (note, copies) = (root.path().join("note"), root.path().join("saving"));
    fs::create_dir(&copies).unwrap();
    fs::write(&note, old).unwrap();
    Place { root, note, copies }
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

impl Place {
    fn save(
        &self,
        text: &str,
        fault: impl Fn(SaveStep) -> io::Result<()> + Send + 'static,
    ) -> Result<Saved, FileError> {
        let saver = Saver::watched(&self.copies, Box::new(fault));
        save_with(&saver, &self.note, &Rope::from_str(text), FileForm::default(), stamp(&self.note), false)
    }

    fn read(&self) -> String {
        fs::read_to_string(&self.note).unwrap()
    }
}

/// Fails at one step with one error.
fn failing(at: SaveStep, kind: io::ErrorKind) -> impl Fn(SaveStep) -> io::Result<()> {
    move |step| if step == at { Err(kind.into()) } else { Ok(()) }
}

#[test]
fn hard_links_stay_one_file() {
    let place = place("old");
    let other = place.root.path().join("other");
    fs::hard_link(&place.note, &other).unwrap();
    let before = fs::metadata(&place.note).unwrap();
    for text in ["new", "", "longer than before", "short"] {
        assert!(
            matches!(place.save(text, |_| Ok(())).unwrap(), Saved::Written(left) if Some(left.stamp) == stamp(&other))
        );
        assert_eq!(fs::read_to_string(&other).unwrap(), text);
    }
    let after = fs::metadata(&place.note).unwrap();
    assert_eq!((before.ino(), before.nlink(), before.mode()), (after.ino(), after.nlink(), after.mode()));
    assert_eq!((count(&place.copies), count(place.root.path())), (0, 3));
    // The bytes decide here, too.
    let known = stamp(&place.note);
    fs::write(&other, "other").unwrap();
    let saver = Saver::new(&place.copies);
    let saved = save_with(&saver, &place.note, &Rope::from_str("mine"), FileForm::default(), known, false);
    assert_eq!((saved.unwrap(), place.read().as_str()), (Saved::ChangedOnDisk, "other"));
}

#[test]
fn extended_attributes_are_kept_and_none_is_added() {
    let place = place("old");
    let set = xattr::set(&place.note, "user.author", b"Kim");
    if set.is_err_and(|error| error.kind() == io::ErrorKind::Unsupported) {
        // This file system has none.
        return;
    }
    fs::set_permissions(&place.note, PermissionsExt::from_mode(0o640)).unwrap();
    let before = fs::metadata(&place.note).unwrap();
    place.save("new", |_| Ok(())).unwrap();
    let after = fs::metadata(&place.note).unwrap();
    assert_ne!(before.ino(), after.ino(), "replaced");
    assert_eq!((before.mode(), before.uid(), before.gid()), (after.mode(), after.uid(), after.gid()));
    assert_eq!(xattr::get(&place.note, "user.author").unwrap().as_deref(), Some(&b"Kim"[..]));
    let names = |path: &Path| xattr::list(path).unwrap().filter(|name| name != "security.selinux").count();
    assert_eq!(names(&place.note), 1);
}

#[test]
fn what_takes_no_new_file_is_written_in_place() {
    use io::ErrorKind::{
        CrossesDevices, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, ResourceBusy, StorageFull,
    };
    // A folder that cannot be written, a full disk, an owner or attribute that cannot be given, a mounted file.
    for (step, kind) in [
        (SaveStep::Draft, PermissionDenied),
        (SaveStep::Draft, ReadOnlyFilesystem),
        (SaveStep::Draft, StorageFull),
        (SaveStep::Attributes, StorageFull),
        (SaveStep::Attributes, QuotaExceeded),
        (SaveStep::Attributes, PermissionDenied),
        (SaveStep::Rename, ResourceBusy),
        (SaveStep::Rename, CrossesDevices),
        (SaveStep::Rename, PermissionDenied),
    ] {
        for (old, new) in [("old", "new and longer"), ("old and long", "new"), ("", "new"), ("old", "")] {
            let place = place(old);
            let before = fs::metadata(&place.note).unwrap().ino();
            let saved = place.save(new, failing(step, kind)).unwrap();
            assert!(matches!(saved, Saved::Written(left) if Some(left.stamp) == stamp(&place.note)));
            assert_eq!(
                (place.read().as_str(), fs::metadata(&place.note).unwrap().ino()),
                (new, before),
                "{step:?}"
            );
            assert_eq!((count(&place.copies), count(place.root.path())), (0, 2), "{step:?} {kind:?}");
        }
    }
}

#[test]
fn a_save_that_fails_leaves_the_file_as_it_was() {
    use io::ErrorKind::{PermissionDenied, StorageFull, TimedOut};
    let long = "old ".repeat(100_000);
    // The step that fails, whether the save is in place already, and the message.
    for (step, kind, linked, said) in [
        (SaveStep::Draft, TimedOut, false, "note"),
        (SaveStep::Rename, TimedOut, false, "note"),
        (SaveStep::Copies, StorageFull, true, "no copy to fall back on"),
        (SaveStep::Copies, PermissionDenied, true, "--data-dir"),
        (SaveStep::Tail, StorageFull, true, "No room on the disk"),
        (SaveStep::Over, TimedOut, true, "Could not write"),
        (SaveStep::Done, TimedOut, true, "Could not write"),
    ] {
        let place = place(&long);
        if linked {
            fs::hard_link(&place.note, place.root.path().join("other")).unwrap();
        }
        let entries = count(place.root.path());
        let error = place.save(&format!("new {long}"), failing(step, kind)).unwrap_err().to_string();
        assert!(error.contains(said), "{step:?} {error}");
        assert!(place.read() == long, "{step:?}");
        assert_eq!((count(&place.copies), count(place.root.path())), (0, entries), "{step:?}");
    }
}

#[test]
fn without_a_place_for_copies_nothing_is_risked() {
    let place = place("old");
    fs::remove_dir(&place.copies).unwrap();
    let error = place.save("new", failing(SaveStep::Rename, io::ErrorKind::ResourceBusy)).unwrap_err();
    assert!(matches!(error, FileError::NoCopy { .. }));
    assert_eq!(place.read(), "old");
}

#[test]
fn a_new_file_that_cannot_be_made_is_said_and_nothing_is_left() {
    let place = place("");
    fs::remove_file(&place.note).unwrap();
    for step in [SaveStep::Draft, SaveStep::Attributes, SaveStep::Rename] {
        let error = place.save("new", failing(step, io::ErrorKind::StorageFull)).unwrap_err();
        assert!(matches!(error, FileError::DiskFull { .. }));
        assert_eq!(count(place.root.path()), 1);
    }
}

/// All the files of a folder, by name.
type Files = Vec<(std::ffi::OsString, Vec<u8>)>;

fn files(folder: &Path) -> Files {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn put_back(folder: &Path, files: &Files) {
    for entry in fs::read_dir(folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// What is on disk at a step of a save in place.
type Moment = (SaveStep, Vec<u8>, Files);

/// What is on disk at each step of a save in place: a kill leaves one of these.
fn moments(place: &Place, new: &str) -> Vec<Moment> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = {
        let (seen, note, copies) = (Arc::clone(&seen), place.note.clone(), place.copies.clone());
        move |step| {
            seen.lock().unwrap().push((step, fs::read(&note).unwrap(), files(&copies)));
            Ok(())
        }
    };
    place.save(new, watch).unwrap();
    let seen = seen.lock().unwrap();
    seen.clone()
}

fn complete(place: &Place) -> (Interrupted, Vec<Recovery>) {
    Interrupted::complete(&place.copies)
}

#[test]
fn a_kill_at_any_moment_loses_neither_text_and_the_next_start_completes_the_save() {
    let long = |word: &str| word.repeat(50_000);
    for (old, new) in [
        ("old".to_owned(), "new, longer".to_owned()),
        ("old, longer".to_owned(), "new".to_owned()),
        (long("old "), long("new and longer ")),
        (long("old and longer "), long("new ")),
        (String::new(), "new".to_owned()),
        ("old".to_owned(), String::new()),
    ] {
        let place = place(&old);
        fs::hard_link(&place.note, place.root.path().join("other")).unwrap();
        let moments = moments(&place, &new);
        assert!(moments.iter().any(|(step, ..)| *step == SaveStep::Done));
        for (step, note, copies) in moments {
            fs::write(&place.note, &note).unwrap();
            put_back(&place.copies, &copies);
            let (_interrupted, offered) = complete(&place);
            assert_eq!(offered, []);
            let expected = if step == SaveStep::Copies { &old } else { &new };
            assert!(place.read() == *expected, "{step:?}");
            assert_eq!(count(&place.copies), 0, "{step:?}");
        }
    }
}

/// A save of `new` over `old` that was killed before it touched the file.
fn killed(old: &str, new: &str) -> Place {
    let place = place(old);
    fs::hard_link(&place.note, place.root.path().join("other")).unwrap();
    let moments = moments(&place, new);
    let (_, _, copies) = moments.iter().find(|(step, ..)| *step != SaveStep::Copies).unwrap();
    put_back(&place.copies, copies);
    fs::write(&place.note, old).unwrap();
    place
}

#[test]
fn what_the_system_has_written_of_it_in_whatever_order_is_completed() {
    let (old, new) = ("0123456789", "abcdefghijklmno");
    for torn in
        ["abcdef6789", "0123456789klm", "0123efgh89klmno", "0123456789\0\0\0\0\0", "0123456789\0\0mno"]
    {
        let place = killed(old, new);
        fs::write(&place.note, torn).unwrap();
        assert_eq!(complete(&place).1, [], "{torn:?}");
        assert_eq!((place.read().as_str(), count(&place.copies)), (new, 0), "{torn:?}");
    }
}

#[test]
fn a_file_that_others_have_written_to_since_is_left_alone_and_the_text_offered() {
    for theirs in ["0123456789!", "theirs", "0123x56789", "012345678"] {
        let place = killed("0123456789", "abcdefghijklmno");
        fs::write(&place.note, theirs).unwrap();
        let (mut interrupted, offered) = complete(&place);
        let [recovery] = &offered[..] else { panic!("{theirs:?} {offered:?}") };
        assert_eq!((recovery.path.as_ref(), recovery.text.as_str()), (Some(&place.note), "abcdefghijklmno"));
        assert!(recovery.is_outdated());
        assert_eq!(place.read(), theirs);
        assert_eq!(complete(&place).1, [], "offered by another instance");
        interrupted.discard(&place.note);
        assert_eq!(
            (place.read().as_str(), count(&place.copies)),
            (theirs, 3),
            "only what was offered can be discarded"
        );
        interrupted.discard(&recovery.journal.clone());
        assert_eq!(count(&place.copies), 0);
    }
}

#[test]
fn a_text_that_is_not_taken_is_offered_again_at_the_next_start() {
    let place = killed("old", "new");
    fs::remove_file(&place.note).unwrap();
    for _ in 0..2 {
        let (_interrupted, offered) = complete(&place);
        assert_eq!((offered.len(), offered[0].on_disk), (1, None));
    }
}

#[test]
fn what_is_offered_has_its_name_and_form() {
    let root = folder();
    let copies = root.path().join("saving");
    fs::create_dir(&copies).unwrap();
    let note = root.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    if fs::write(&note, "old").is_err() {
        // This file system takes no such name.
        return;
    }
    for (text, form) in [
        ("one\ntwo\n", FileForm { crlf: true, bom: true }),
        ("one", FileForm { crlf: true, bom: false }),
        ("one\ntwo", FileForm { crlf: false, bom: false }),
    ] {
        fs::write(&note, "old").unwrap();
        let seen = Arc::new(Mutex::new(Files::new()));
        let watch = {
            let (seen, copies) = (Arc::clone(&seen), copies.clone());
            move |step| match step {
                SaveStep::Rename => Err(io::ErrorKind::ResourceBusy.into()),
                SaveStep::Done => {
                    *seen.lock().unwrap() = files(&copies);
                    Ok(())
                }
                _ => Ok(()),
            }
        };
        let saver = Saver::watched(&copies, Box::new(watch));
        save_with(&saver, &note, &Rope::from_str(text), form, stamp(&note), false).unwrap();
        put_back(&copies, &seen.lock().unwrap());
        fs::write(&note, "theirs").unwrap();
        let (mut interrupted, offered) = Interrupted::complete(&copies);
        let [recovery] = &offered[..] else { panic!("{offered:?}") };
        assert_eq!(
            (recovery.path.as_ref(), recovery.text.as_str(), recovery.form),
            (Some(&note), text, form)
        );
        interrupted.discard(&recovery.journal);
    }
}

#[test]
fn damaged_copies_are_neither_written_nor_removed() {
    let place = killed("old", "new");
    for entry in fs::read_dir(&place.copies).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "new") {
            fs::write(path, "nem").unwrap();
        }
    }
    assert_eq!(complete(&place).1, []);
    assert_eq!((place.read().as_str(), count(&place.copies)), ("old", 3));
}

#[test]
fn copies_of_a_save_that_goes_on_are_left_alone() {
    let place = killed("old", "new");
    let note =
        files(&place.copies).into_iter().find(|(name, _)| Path::new(name).extension().unwrap() == "note");
    let lock = fs::File::open(place.copies.join(note.unwrap().0)).unwrap();
    lock.lock().unwrap();
    assert_eq!(complete(&place).1, []);
    assert_eq!((place.read().as_str(), count(&place.copies)), ("old", 3));
}
