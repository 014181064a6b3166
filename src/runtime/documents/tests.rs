use ropey::Rope;
use std::fs;

use super::write::Order;
use super::*;
use editor::message::FileForm;

pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

pub(super) fn save_with(
    saver: &Saver,
    path: &Path,
    text: &Rope,
    form: FileForm,
    stamp: Option<FileStamp>,
    force: bool,
) -> Result<Saved, FileError> {
    let left = stamp.map(Left::stamped);
    saver.save(Order { path, text, form, left: left.as_ref(), force })
}

/// Saves without a place for copies: nothing is written in place.
fn save(
    path: &Path,
    text: &Rope,
    form: FileForm,
    stamp: Option<FileStamp>,
    force: bool,
) -> Result<Saved, FileError> {
    save_with(&Saver::new(Path::new("/no/place")), path, text, form, stamp, force)
}

/// Opens, and saves what was opened unchanged.
fn round_trip(bytes: &[u8]) -> (String, bool, bool, Vec<u8>) {
    let root = folder();
    let path = root.path().join("note.md");
    fs::write(&path, bytes).unwrap();
    let content = open(&path).unwrap();
    let text = Rope::from_str(&content.text);
    let saved = save(&path, &text, content.form, content.stamp, false).unwrap();
    assert!(matches!(saved, Saved::Written(_)));
    (content.text, content.form.crlf, content.form.bom, fs::read(&path).unwrap())
}

#[test]
fn what_is_opened_is_saved_byte_for_byte() {
    let cases: &[(&[u8], &str, bool, bool)] = &[
        (b"", "", false, false),
        (b"one\ntwo", "one\ntwo", false, false),
        (b"one\r\ntwo\r\n", "one\ntwo\n", true, false),
        (b"one\r\ntwo\n", "one\r\ntwo\n", false, false),
        (b"lone\rreturn", "lone\rreturn", false, false),
        (b"\r\r\n", "\r\n", true, false),
        (b"\xef\xbb\xbfone\r\n", "one\n", true, true),
        (b"\xef\xbb\xbf", "", false, true),
        (b"\xef\xbb\xbf\xef\xbb\xbfx", "\u{feff}x", false, true),
        (b"nul \0 and \x1b[31m", "nul \0 and \x1b[31m", false, false),
        ("안녕 👩‍💻 e\u{301}\n".as_bytes(), "안녕 👩‍💻 e\u{301}\n", false, false),
    ];
    for &(bytes, text, crlf, bom) in cases {
        assert_eq!(round_trip(bytes), (text.to_owned(), crlf, bom, bytes.to_vec()), "{bytes:?}");
    }
}

#[test]
fn line_ends_on_chunk_borders_are_written_whole() {
    let text = "a\n".repeat(5_000);
    let root = folder();
    let path = root.path().join("long");
    save(&path, &Rope::from_str(&text), FileForm { crlf: true, bom: false }, None, false).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text.replace('\n', "\r\n"));
}

#[test]
fn a_missing_file_is_an_empty_one_to_be_made() {
    let root = folder();
    let path = root.path().join("new.md");
    let content = open(&path).unwrap();
    assert!(!content.exists && content.stamp.is_none() && content.text.is_empty());
    let saved = save(&path, &Rope::from_str("hello\n"), FileForm::default(), None, false).unwrap();
    assert!(matches!(saved, Saved::Written(left) if Some(left.stamp) == open(&path).unwrap().stamp));
}

#[test]
fn what_is_no_text_is_refused_with_cause_and_remedy() {
    let root = folder();
    let latin = root.path().join("latin.txt");
    fs::write(&latin, b"caf\xe9").unwrap();
    let said = open(&latin).unwrap_err().to_string();
    assert!(
        said.contains("latin.txt") && said.contains("byte 3") && said.contains("iconv -f ISO-8859-1"),
        "{said}"
    );
    let wide = root.path().join("wide.txt");
    fs::write(&wide, b"\xff\xfeh\0").unwrap();
    assert!(open(&wide).unwrap_err().to_string().contains("UTF-16"));
    assert!(matches!(open(root.path()), Err(FileError::Folder { .. })));
    assert!(matches!(
        save(root.path(), &Rope::new(), FileForm::default(), None, false),
        Err(FileError::Folder { .. })
    ));
}

#[cfg(unix)]
#[test]
fn files_without_end_are_refused_unread() {
    for path in ["/dev/zero", "/dev/null"] {
        assert!(matches!(open(Path::new(path)), Err(FileError::Special { kind: "device", .. })));
        assert!(save(Path::new(path), &Rope::new(), FileForm::default(), None, true).is_err());
    }
    let root = folder();
    let socket = root.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(matches!(open(&socket), Err(FileError::Special { kind: "socket", .. })));
}

#[test]
fn a_file_too_large_is_refused_unread() {
    let root = folder();
    let path = root.path().join("huge");
    // Sparse: takes no room.
    fs::File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let said = open(&path).unwrap_err().to_string();
    assert!(said.contains("256 MiB") && said.contains("split"), "{said}");
}

#[test]
fn a_file_that_changed_is_overwritten_only_by_force() {
    let root = folder();
    let path = root.path().join("note");
    fs::write(&path, "mine").unwrap();
    let stamp = open(&path).unwrap().stamp;
    fs::write(&path, "theirs now").unwrap();
    let text = Rope::from_str("mine, longer");
    assert_eq!(save(&path, &text, FileForm::default(), stamp, false).unwrap(), Saved::ChangedOnDisk);
    assert_eq!(save(&path, &text, FileForm::default(), None, false).unwrap(), Saved::ChangedOnDisk);
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs now");
    assert!(matches!(save(&path, &text, FileForm::default(), stamp, true).unwrap(), Saved::Written(_)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine, longer");
    let stamp = open(&path).unwrap().stamp;
    fs::remove_file(&path).unwrap();
    assert!(matches!(save(&path, &text, FileForm::default(), stamp, false).unwrap(), Saved::Written(_)));
}

#[test]
fn a_missing_folder_is_said() {
    let root = folder();
    let error =
        save(&root.path().join("no/such"), &Rope::new(), FileForm::default(), None, false).unwrap_err();
    assert!(matches!(error, FileError::NoFolder { .. }));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn permissions_are_kept_and_links_stay_links() {
        let root = folder();
        let real = root.path().join("real");
        let link = root.path().join("link");
        let chain = root.path().join("chain");
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
        symlink("real", &link).unwrap();
        symlink(&link, &chain).unwrap();
        save(&chain, &Rope::from_str("new"), FileForm::default(), None, true).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(mode(&real), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&chain).unwrap().is_symlink());
    }

    #[test]
    fn a_dangling_link_makes_its_target_and_a_circle_fails() {
        let root = folder();
        let link = root.path().join("link");
        symlink("made", &link).unwrap();
        save(&link, &Rope::from_str("x"), FileForm::default(), None, false).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("made")).unwrap(), "x");
        let circle = root.path().join("circle");
        symlink("circle", &circle).unwrap();
        assert!(save(&circle, &Rope::new(), FileForm::default(), None, false).is_err());
    }

    #[test]
    fn a_write_protected_file_is_left_alone() {
        let root = folder();
        let path = root.path().join("fixed");
        fs::write(&path, "fixed").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
        assert!(open(&path).unwrap().read_only);
        let said = save(&path, &Rope::new(), FileForm::default(), None, true).unwrap_err().to_string();
        assert!(said.contains("write-protected") && said.contains("chmod u+w"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "fixed");
    }

    #[test]
    fn a_pipe_nobody_writes_to_is_refused_at_once() {
        let root = folder();
        let pipe = root.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(open(&pipe), Err(FileError::Special { kind: "pipe", .. })));
        assert!(save(&pipe, &Rope::new(), FileForm::default(), None, true).is_err());
    }
}
