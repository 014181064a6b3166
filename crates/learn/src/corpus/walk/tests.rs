use std::fs;

use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn read_folder_of(folder: &TempDir) -> Result<Corpus, ReadError> {
    read(&[folder.path().to_owned()])
}

/// Names relative to the folder, in the order they come.
fn names<'a>(folder: &TempDir, paths: impl Iterator<Item = &'a PathBuf>) -> Vec<String> {
    paths.map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string()).collect()
}

fn reason(corpus: &Corpus, name: &str) -> String {
    let found = corpus.skipped.iter().find(|skipped| skipped.path.ends_with(name));
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", corpus.skipped)).reason.clone()
}

#[test]
fn documents_are_found_at_any_depth_in_name_order() {
    let folder = folder(&[
        ("b.txt", b"bee"),
        ("a/z.md", b"# zed"),
        ("a/deep/er/c.text", b"sea"),
        ("c.markdown", b"see"),
        ("photo.png", b"\x89PNG"),
    ]);
    let corpus = read_folder_of(&folder).unwrap();
    let found = names(&folder, corpus.documents.iter().map(|document| &document.path));
    assert_eq!(found, ["a/deep/er/c.text", "a/z.md", "b.txt", "c.markdown"]);
    assert_eq!(reason(&corpus, "photo.png"), format::UNKNOWN_FORMAT);
}

#[test]
fn hidden_and_ignored_files_are_passed_by_in_silence() {
    let folder = folder(&[
        (".hidden.txt", b"hidden"),
        (".git/notes.txt", b"hidden"),
        (".gitignore", b"drafts/\n*.bak.txt\n"),
        (".forewordignore", b"private*\n"),
        ("drafts/a.txt", b"draft"),
        ("old.bak.txt", b"old"),
        ("private.txt", b"mine"),
        ("sub/.forewordignore", b"!private-but-fine.txt\n"),
        ("sub/private-but-fine.txt", b"fine"),
        ("kept.txt", b"kept"),
    ]);
    let corpus = read_folder_of(&folder).unwrap();
    let found = names(&folder, corpus.documents.iter().map(|document| &document.path));
    assert_eq!(found, ["kept.txt", "sub/private-but-fine.txt"]);
    assert!(corpus.skipped.is_empty(), "{:?}", corpus.skipped);
}

#[test]
fn each_file_that_cannot_be_learned_from_is_named_with_its_reason() {
    let folder = folder(&[
        ("good.txt", b"good"),
        ("empty.txt", b""),
        ("binary.txt", b"a\0b"),
        ("latin.txt", b"caf\xe9"),
        ("copy.txt", b"good"),
    ]);
    fs::File::create(folder.path().join("huge.txt")).unwrap().set_len(LARGEST_FILE + 1).unwrap();
    let corpus = read_folder_of(&folder).unwrap();
    for (name, expected) in [
        ("empty.txt", "0 bytes"),
        ("binary.txt", "binary"),
        ("latin.txt", "not UTF-8"),
        ("huge.txt", "larger than 32 MiB"),
        ("good.txt", "the same text as"),
    ] {
        assert!(reason(&corpus, name).contains(expected), "{name}: {}", reason(&corpus, name));
    }
    assert_eq!(names(&folder, corpus.documents.iter().map(|d| &d.path)), ["copy.txt"]);
}

#[test]
fn a_named_file_is_read_whatever_its_extension_and_once() {
    let folder = folder(&[("NOTES", b"plain words"), ("a.txt", b"more")]);
    let path = folder.path().join("NOTES");
    let corpus = read(&[path.clone(), folder.path().join("a.txt"), path.clone()]).unwrap();
    assert_eq!(corpus.documents.len(), 2);
    assert!(corpus.skipped.is_empty(), "{:?}", corpus.skipped);
    assert_eq!(corpus.documents[0].path, path);
}

#[test]
fn folders_with_nothing_to_learn_from_say_path_cause_and_remedy() {
    let empty = folder(&[]);
    let binaries = folder(&[("a.png", b"\x89"), ("b.txt", b"\0")]);
    let missing = empty.path().join("nowhere");
    for (path, cause) in [
        (missing.as_path(), "no such folder"),
        (empty.path(), "holds no files"),
        (binaries.path(), "2 skipped"),
    ] {
        let message = read(&[path.to_owned()]).unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()) && message.contains(cause), "{message}");
    }
    assert!(matches!(read(&[]), Err(ReadError::NothingNamed)));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_named_and_not_followed_so_loops_end() {
        let folder = folder(&[("sub/a.txt", b"words")]);
        symlink(folder.path(), folder.path().join("sub/loop")).unwrap();
        symlink("/", folder.path().join("everything")).unwrap();
        symlink("nowhere", folder.path().join("dangling.txt")).unwrap();
        let corpus = read_folder_of(&folder).unwrap();
        assert_eq!(corpus.documents.len(), 1);
        assert_eq!(corpus.skipped.len(), 3);
        assert!(reason(&corpus, "everything").contains("a link"));
    }

    #[test]
    fn a_folder_named_through_a_link_is_read() {
        let folder = folder(&[("sub/a.txt", b"words")]);
        let link = folder.path().join("link");
        symlink(folder.path().join("sub"), &link).unwrap();
        let corpus = read(std::slice::from_ref(&link)).unwrap();
        assert_eq!(corpus.documents[0].path, link.join("a.txt"));
    }

    #[test]
    fn what_is_no_ordinary_file_is_never_opened() {
        let folder = folder(&[("a.txt", b"words")]);
        let _socket = UnixListener::bind(folder.path().join("socket.txt")).unwrap();
        let corpus = read_folder_of(&folder).unwrap();
        assert!(reason(&corpus, "socket.txt").contains("not an ordinary file"));
        let message = read(&[PathBuf::from("/dev/zero")]).unwrap_err().to_string();
        assert!(message.contains("/dev/zero") && message.contains("not an ordinary file"), "{message}");
    }

    #[test]
    fn unreadable_files_and_folders_are_named() {
        let folder = folder(&[("a.txt", b"words"), ("locked.txt", b"words"), ("shut/b.txt", b"words")]);
        let set = |name: &str, mode| {
            fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        set("locked.txt", 0o000);
        set("shut", 0o000);
        // The superuser may read everything; then there is nothing to test.
        let is_superuser = fs::read(folder.path().join("locked.txt")).is_ok();
        let corpus = read_folder_of(&folder).unwrap();
        set("shut", 0o700);
        if !is_superuser {
            assert_eq!(corpus.documents.len(), 1);
            assert!(reason(&corpus, "locked.txt").contains("cannot be read"));
            assert!(reason(&corpus, "shut").contains("cannot be read"));
        }
    }

    /// A pipe that nobody writes into: to open it the common way is to wait for ever.
    fn pipe(path: &Path) {
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }

    #[test]
    fn ignore_files_that_are_no_files_do_not_block_and_their_folders_are_passed_by() {
        for name in [".gitignore", ".forewordignore"] {
            let folder = folder(&[
                ("a.txt", b"words"),
                ("pipe/b.txt", b"more"),
                ("pipe/below/c.txt", b"more still"),
                ("socket/d.txt", b"most"),
                ("deep/er/e.txt", b"much"),
                ("dev/f.txt", b"last"),
                ("loop/g.txt", b"round"),
            ]);
            let at = |place: &str| folder.path().join(place).join(name);
            pipe(&at("pipe"));
            let _socket = UnixListener::bind(at("socket")).unwrap();
            fs::create_dir(at("deep/er")).unwrap();
            symlink("/dev/zero", at("dev")).unwrap();
            symlink(name, at("loop")).unwrap();
            let corpus = read_folder_of(&folder).unwrap();
            assert_eq!(names(&folder, corpus.documents.iter().map(|document| &document.path)), ["a.txt"]);
            assert_eq!(corpus.skipped.len(), 5, "{:?}", corpus.skipped);
            for skipped in &corpus.skipped {
                assert!(skipped.path.ends_with(name), "{skipped:?}");
                assert!(skipped.reason.contains("its folder is passed by; "), "{skipped:?}");
            }
        }
    }

    #[test]
    fn folders_whose_ignore_files_are_too_long_are_passed_by() {
        let wide = format!("{}\nlast.txt\n", "x".repeat(ignored::LARGEST_RULES as usize));
        let many = "hill*.txt\n".repeat(30_000);
        let long = format!("{}last.txt\n", "hill.txt\n".repeat(19_000));
        for name in [".gitignore", ".forewordignore"] {
            for rules in [&wide, &many] {
                let folder = folder(&[("a.txt", b"words"), ("b/last.txt", b"no"), ("b/c/d.txt", b"no")]);
                fs::write(folder.path().join("b").join(name), rules).unwrap();
                let corpus = read_folder_of(&folder).unwrap();
                assert_eq!(names(&folder, corpus.documents.iter().map(|document| &document.path)), ["a.txt"]);
                assert!(reason(&corpus, name).contains("longer than 1024 KiB or 20000 rules"));
            }
        }
        // Of three folders with so many rules each, one is passed by: which, the order of the disk says.
        let folder = folder(&[("a.txt", b"words")]);
        for place in ["b", "c", "d"] {
            fs::create_dir(folder.path().join(place)).unwrap();
            fs::write(folder.path().join(place).join(".forewordignore"), &long).unwrap();
            fs::write(folder.path().join(place).join("last.txt"), place).unwrap();
        }
        let corpus = read_folder_of(&folder).unwrap();
        assert_eq!((corpus.documents.len(), corpus.skipped.len()), (1, 1), "{:?}", corpus.skipped);
        assert!(reason(&corpus, ".forewordignore").contains("with those of the other folders"));
    }

    #[test]
    fn rules_are_read_through_links_and_to_their_end() {
        let many = format!("first.txt\n{}last.txt\n", "# much ado\n".repeat(30_000));
        let folder = folder(&[
            ("rules", b"secret.txt\n"),
            ("a/secret.txt", b"no"),
            ("a/plain.txt", b"yes"),
            ("b/first.txt", b"no"),
            ("b/last.txt", b"no"),
            ("b/.gitignore", many.as_bytes()),
            (".git/info/exclude", b"ours.txt\n"),
            ("ours.txt", b"no"),
            ("\u{feff}.txt", b"odd"),
            ("c/.gitignore", "\u{feff}odd.txt\n[\n!.kept.txt\n".as_bytes()),
            ("c/odd.txt", b"no"),
            ("c/.kept.txt", b"called in"),
        ]);
        symlink("../rules", folder.path().join("a/.forewordignore")).unwrap();
        symlink("nowhere", folder.path().join("c/.forewordignore")).unwrap();
        let corpus = read_folder_of(&folder).unwrap();
        let found = names(&folder, corpus.documents.iter().map(|document| &document.path));
        assert_eq!(found, ["a/plain.txt", "c/.kept.txt", "\u{feff}.txt"]);
    }

    #[test]
    fn a_folder_whose_private_files_cannot_be_known_is_passed_by() {
        let folder =
            folder(&[("a.txt", b"words"), ("shut/b.txt", b"private"), ("shut/.forewordignore", b"b.txt\n")]);
        let rules = folder.path().join("shut/.forewordignore");
        fs::set_permissions(&rules, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser reads it all the same, and what it says counts.
        let corpus = read_folder_of(&folder).unwrap();
        assert_eq!(names(&folder, corpus.documents.iter().map(|document| &document.path)), ["a.txt"]);
        if fs::read(&rules).is_err() {
            assert!(reason(&corpus, ".forewordignore").contains("its folder is passed by"));
        }
    }

    #[test]
    fn a_named_pipe_is_refused_at_once() {
        let folder = folder(&[]);
        let path = folder.path().join("notes.txt");
        pipe(&path);
        let message = read(std::slice::from_ref(&path)).unwrap_err().to_string();
        assert!(message.contains("notes.txt") && message.contains("not an ordinary file"), "{message}");
    }

    #[test]
    fn folders_as_deep_as_the_system_lets_them_be_are_read() {
        let folder = folder(&[]);
        let deep = (0..500).fold(folder.path().to_owned(), |path, _| path.join("d"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("a.txt"), "words").unwrap();
        assert_eq!(read_folder_of(&folder).unwrap().documents.len(), 1);
    }
}
