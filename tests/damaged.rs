//! No damaged file of Foreword's own keeps a text from being opened: the text is there, and a mark names the damage.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use support::{Session, eventually};

/// F4, which shows the whole sentence of the warning in the status line.
const MARKS: &str = "\x1bOS";

/// Opens a text with the data directory as it is, waits for the warning and its sentence under F4, types into the
/// text and saves it.
fn opens_and_says(data: &Path, warned: &str, said: &str) {
    let file = data.join("letter.md");
    fs::write(&file, "Dear Kim\n").unwrap();
    let mut session = Session::start(data, &[&file], 200, 24);
    session.wait_for("Dear Kim");
    session.wait_for(warned);
    session.send(MARKS);
    session.wait_for(said);
    session.send("My ");
    session.wait_for("My Dear Kim");
    session.send("\x13");
    eventually("the text saved", || fs::read_to_string(&file).ok().filter(|text| text == "My Dear Kim\n"));
    session.signal("TERM");
    session.wait_end();
}

#[test]
fn the_text_opens_whatever_has_become_of_our_own_files() {
    type Damage = fn(&Path);
    let pipe: Damage = |path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let latin: Damage = |path| fs::write(path, b"caf\xe9").unwrap();
    let folder: Damage = |path| fs::create_dir(path).unwrap();
    let (settings, blocked) = ("! settings set aside", "! blocked words set aside");
    let (model, words) = ("! model set aside", "! learned words set aside");
    for (file, damage, warned) in [
        ("config.toml", latin, settings),
        ("config.toml", pipe, settings),
        ("never.txt", folder, blocked),
        ("never.txt", pipe, blocked),
        ("models/manifest.json", latin, model),
        ("models/manifest.json", pipe, model),
        ("models/base.words", latin, words),
    ] {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir(data.path().join("models")).unwrap();
        let path = data.path().join(file);
        damage(&path);
        // A pipe is not read here either.
        let found = || {
            (path.symlink_metadata().unwrap().file_type(), path.is_file().then(|| fs::read(&path).unwrap()))
        };
        let before = found();
        opens_and_says(data.path(), warned, file);
        assert_eq!(found(), before, "{file} was written over");
    }
}

#[test]
fn a_folder_that_others_may_write_to_is_not_used_and_the_text_opens() {
    let data = tempfile::tempdir().unwrap();
    let letter = data.path().join("elsewhere");
    fs::write(&letter, "not to be cut short").unwrap();
    let models = data.path().join("models");
    fs::create_dir(&models).unwrap();
    std::os::unix::fs::symlink(&letter, models.join(".lock")).unwrap();
    fs::set_permissions(&models, fs::Permissions::from_mode(0o777)).unwrap();
    opens_and_says(data.path(), "! no crash protection", "chmod go-w");
    assert_eq!(fs::read_to_string(&letter).unwrap(), "not to be cut short");
    let journal = fs::read_dir(data.path().join("journal")).map_or(0, Iterator::count);
    assert_eq!(journal, 0, "nothing private is kept");
}
