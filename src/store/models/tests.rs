use tempfile::TempDir;

use super::*;

const BASE_BYTES: &[u8] = b"the base model";

fn store() -> (TempDir, ModelStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("data/models"), BASE_BYTES).unwrap();
    (folder, store)
}

fn version(name: Option<&str>) -> NewVersion {
    NewVersion {
        name: name.map(str::to_owned),
        created: "2026-11-24T02:11:00+00:00[UTC]".parse().unwrap(),
        parent: Some(BASE.to_owned()),
        bits_per_byte: Some(1.5),
        ksr5: Some(55.0),
    }
}

fn names(store: &ModelStore) -> Vec<String> {
    let mark = |version: ModelVersion| format!("{}{}", version.name, if version.active { "*" } else { "" });
    store.versions().unwrap().into_iter().map(mark).collect()
}

fn manifest_path(store: &ModelStore) -> PathBuf {
    Manifest::path(&store.folder)
}

#[test]
fn a_new_store_holds_the_base_model_and_touches_no_disk() {
    let (folder, store) = store();
    assert_eq!(names(&store), ["base*"]);
    assert_eq!(store.load(BASE).unwrap().as_ref(), BASE_BYTES);
    assert_eq!(store.resolve(None).unwrap(), BASE);
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_version_is_added_put_to_use_and_gone_back_from() {
    let (_folder, store) = store();
    let first = store.add(version(None), b"one").unwrap();
    let second = store.add(version(None), b"two").unwrap();
    assert_eq!((first.as_str(), second.as_str()), ("2026-11-24-1", "2026-11-24-2"));
    assert_eq!(names(&store), ["base*", "2026-11-24-1", "2026-11-24-2"]);
    assert_eq!(store.load(&second).unwrap().as_ref(), b"two");
    store.use_version(&first).unwrap();
    store.use_version(&second).unwrap();
    store.use_version(&second).unwrap();
    assert_eq!(store.active().unwrap(), second);
    assert_eq!(store.rollback().unwrap(), first);
    assert_eq!(store.rollback().unwrap(), BASE);
    assert!(matches!(store.rollback(), Err(StoreError::NothingBefore)));
    let shown = &store.versions().unwrap()[1];
    assert_eq!((shown.bits_per_byte, shown.ksr5), (Some(1.5), Some(55.0)));
}

#[test]
fn going_back_skips_what_was_removed_and_falls_back_on_the_parent() {
    let (_folder, store) = store();
    store.add(version(Some("a")), b"a").unwrap();
    store.add(NewVersion { parent: Some("a".to_owned()), ..version(Some("b")) }, b"b").unwrap();
    store.add(version(Some("c")), b"c").unwrap();
    for name in ["c", "b"] {
        store.use_version(name).unwrap();
    }
    store.remove("c").unwrap();
    assert_eq!(store.rollback().unwrap(), BASE);
    let mut manifest = Manifest::read(&store.folder).unwrap();
    manifest.active = "b".to_owned();
    manifest.before.clear();
    fs::write(manifest_path(&store), manifest.to_json()).unwrap();
    assert_eq!(store.rollback().unwrap(), "a");
}

#[test]
fn what_is_in_use_or_built_in_cannot_be_removed() {
    let (_folder, store) = store();
    store.add(version(Some("mine")), b"1").unwrap();
    store.use_version("mine").unwrap();
    assert!(matches!(store.remove("mine"), Err(StoreError::InUse(_))));
    assert!(matches!(store.remove(BASE), Err(StoreError::BuiltIn)));
    let error = store.remove("other").unwrap_err().to_string();
    assert!(error.contains("there are: base, mine"), "{error}");
    store.use_version(BASE).unwrap();
    store.remove("mine").unwrap();
    assert_eq!(names(&store), ["base*"]);
    assert!(!store.file_of("mine").exists());
}

#[test]
fn names_that_lead_elsewhere_or_mean_something_are_refused() {
    let (folder, store) = store();
    let long = "a".repeat(65);
    let bad = [
        "", ".", "..", "../up", "a/b", "a\\b", ".hidden", "-x", "a b", "né", "a\0b", "base", "Personal",
        &long,
    ];
    for name in bad {
        assert!(matches!(store.add(version(Some(name)), b"1"), Err(StoreError::BadName { .. })), "{name:?}");
    }
    store.add(version(Some("Mine")), b"1").unwrap();
    assert!(matches!(store.add(version(Some("mine")), b"2"), Err(StoreError::BadName { .. })));
    assert_eq!(store.load("Mine").unwrap().as_ref(), b"1");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn personal_means_the_one_in_use_else_the_newest() {
    let (_folder, store) = store();
    assert!(matches!(store.resolve(Some(PERSONAL)), Err(StoreError::NonePersonal)));
    store.add(version(Some("old")), b"1").unwrap();
    store.add(version(Some("new")), b"2").unwrap();
    assert_eq!(store.resolve(Some(PERSONAL)).unwrap(), "new");
    store.use_version("old").unwrap();
    assert_eq!(store.resolve(Some(PERSONAL)).unwrap(), "old");
    assert_eq!(store.resolve(Some(BASE)).unwrap(), BASE);
}

#[test]
fn a_broken_manifest_is_an_error_and_costs_nothing() {
    let (_folder, store) = store();
    store.add(version(Some("mine")), b"weights").unwrap();
    let whole = fs::read_to_string(manifest_path(&store)).unwrap();
    let broken = [
        whole[..whole.len() / 2].to_owned(),
        String::new(),
        "null".to_owned(),
        whole.replace("\"mine\"", "\"../mine\""),
        whole.replace("\"active\": \"base\"", "\"active\": \"gone\""),
        whole.replace("\"format\": 1", "\"format\": 2"),
    ];
    for text in broken {
        fs::write(manifest_path(&store), &text).unwrap();
        let error = store.add(version(Some("other")), b"more").unwrap_err().to_string();
        assert!(error.contains("manifest.json") && error.contains("models import"), "{error}");
        assert!(ModelStore::open(&store.folder, BASE_BYTES).is_err());
        assert_eq!(fs::read_to_string(manifest_path(&store)).unwrap(), text);
        assert_eq!(fs::read(store.file_of("mine")).unwrap(), b"weights");
    }
}

#[test]
fn a_version_whose_file_is_gone_says_so_and_is_not_put_to_use() {
    let (_folder, store) = store();
    store.add(version(Some("mine")), b"1").unwrap();
    fs::remove_file(store.file_of("mine")).unwrap();
    for error in [store.load("mine").map(drop), store.use_version("mine")] {
        assert!(error.unwrap_err().to_string().contains("models use base"));
    }
    assert_eq!(store.active().unwrap(), BASE);
}

#[test]
fn export_and_import_carry_a_model_and_never_overwrite() {
    let (folder, store) = store();
    store.add(version(Some("mine")), b"weights").unwrap();
    let target = folder.path().join("carried.safetensors");
    store.export("mine", &target).unwrap();
    assert!(matches!(store.export(BASE, &target), Err(StoreError::TargetExists(_))));
    assert_eq!(fs::read(&target).unwrap(), b"weights");
    let name =
        store.import(&target, None, "2026-11-25T08:00:00+00:00[UTC]".parse().unwrap(), |_| Ok(())).unwrap();
    assert_eq!((name.as_str(), store.load(&name).unwrap().as_ref()), ("carried", &b"weights"[..]));
    let again = store.import(&target, None, ZonedDateTime::default(), |_| Ok(()));
    assert!(matches!(again, Err(StoreError::BadName { .. })));
    let broken = store
        .import(&target, None, ZonedDateTime::default(), |_| Err("cut off".to_owned()))
        .unwrap_err()
        .to_string();
    assert!(broken.contains("carried.safetensors") && broken.contains("cut off"), "{broken}");
    assert!(matches!(
        store.import(folder.path(), None, ZonedDateTime::default(), |_| Ok(())),
        Err(StoreError::NotAModel { .. })
    ));
    assert!(matches!(
        store.import(Path::new("nowhere"), None, ZonedDateTime::default(), |_| Ok(())),
        Err(StoreError::NotRead { .. })
    ));
}

#[test]
fn instances_that_add_at_once_lose_nothing() {
    let (_folder, store) = store();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..3 {
                    store.add(version(None), b"weights").unwrap();
                }
            });
        }
    });
    assert_eq!(store.versions().unwrap().len(), 1 + 12);
}

#[cfg(unix)]
#[test]
fn the_store_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = store();
    store.add(version(Some("mine")), b"1").unwrap();
    store.export("mine", &folder.path().join("out")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store.folder), 0o700);
    store.change_words::<_, StoreError>("mine", |_| Ok((Some(b"words".to_vec()), ()))).unwrap();
    for path in [
        store.file_of("mine"),
        store.words_file("mine"),
        manifest_path(&store),
        store.folder.join(".lock"),
        folder.path().join("out"),
    ] {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named_and_reading_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let target = folder.path().join("nowhere/out");
    let (_kept, store) = store();
    let error = store.export(BASE, &target).unwrap_err().to_string();
    assert!(error.contains("nowhere/out") && error.contains("cannot be written"), "{error}");
    let shut = ModelStore { folder: in_the_way.clone(), base: BASE_BYTES, patience: PATIENCE };
    let error = shut.add(version(None), b"1").unwrap_err().to_string();
    assert!(error.contains(&in_the_way.display().to_string()), "{error}");
    assert_eq!(fs::read(&in_the_way).unwrap(), b"");
}

#[test]
fn check_room_refuses_what_adding_would_refuse() {
    let (_folder, store) = store();
    store.add(version(Some("taken")), b"one").unwrap();
    for name in ["../x", "base", "personal", "a b", "", "taken", "TAKEN", "-x", "\u{1b}[2J"] {
        let refused = store.check_room(Some(name), 0);
        assert!(matches!(refused, Err(StoreError::BadName { .. })), "{name:?}: {refused:?}");
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("--name") && !said.contains('\u{1b}'), "{said}");
    }
    for name in [None, Some("free")] {
        store.check_room(name, 0).unwrap();
    }
    #[cfg(unix)]
    {
        let said = store.check_room(None, u64::MAX).unwrap_err().to_string();
        assert!(said.contains("free some space") && said.contains("models"), "{said}");
    }
    assert_eq!(names(&store), ["base*", "taken"]);
    assert_eq!(files(&store), [".lock", "manifest.json", "taken.safetensors"]);
}

/// The names of all files in the store's folder.
fn files(store: &ModelStore) -> Vec<String> {
    let entries = fs::read_dir(&store.folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_version_that_cannot_be_kept_whole_leaves_nothing_behind() {
    let (_folder, store) = store();
    store.add(version(Some("before")), b"one").unwrap();
    let before = files(&store);
    // The words' file cannot take its place: on a full disk it is the same.
    fs::create_dir(store.words_file("mine")).unwrap();
    let words = |_| Some(b"words".to_vec());
    let refused = store.add_with_words(version(Some("mine")), b"weights", words).unwrap_err().to_string();
    assert!(refused.contains("mine.words"), "{refused}");
    fs::remove_dir(store.words_file("mine")).unwrap();
    assert_eq!(files(&store), before);
    assert_eq!(names(&store), ["base*", "before"]);
}

#[test]
fn waiting_for_a_lock_that_is_never_released_has_an_end() {
    let (_folder, store) = store();
    store.add(version(Some("mine")), b"one").unwrap();
    let held = own_file::open_lock(&store.folder.join(".lock")).unwrap();
    held.lock().unwrap();
    let hasty = store.clone().with_patience(Duration::from_millis(3));
    assert!(matches!(hasty.use_version("mine"), Err(StoreError::Locked(_))));
    drop(held);
    store.use_version("mine").unwrap();
}

#[cfg(unix)]
#[test]
fn a_planted_link_is_not_followed_and_a_folder_open_to_others_is_not_used() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (folder, store) = store();
    store.add(version(Some("mine")), b"one").unwrap();
    let letter = folder.path().join("letter");
    fs::write(&letter, "dear Kim").unwrap();
    let lock = store.folder.join(".lock");
    fs::remove_file(&lock).unwrap();
    symlink(&letter, &lock).unwrap();
    let said = store.use_version("mine").unwrap_err().to_string();
    assert!(said.contains(".lock") && said.contains("a link"), "{said}");
    assert_eq!(fs::read_to_string(&letter).unwrap(), "dear Kim");
    fs::remove_file(&lock).unwrap();
    for open in [store.folder.as_path(), store.folder.parent().unwrap()] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o777)).unwrap();
        for refused in [
            store.versions().map(drop),
            store.load("mine").map(drop),
            store.words(BASE).map(drop),
            store.change_words::<_, StoreError>(BASE, |_| Ok((Some(b"words".to_vec()), ()))),
            store.use_version("mine"),
        ] {
            assert!(matches!(refused, Err(StoreError::NotPrivate(_))), "{refused:?}");
        }
        assert!(store.load(BASE).is_ok(), "the base model is built in");
        fs::set_permissions(open, fs::Permissions::from_mode(0o755)).unwrap();
    }
    store.use_version("mine").unwrap();
    // A folder of one's own that is reached by a link is as good as any.
    let linked = folder.path().join("linked");
    symlink(store.folder.parent().unwrap(), &linked).unwrap();
    assert_eq!(names(&ModelStore::open(&linked.join("models"), BASE_BYTES).unwrap()), ["base", "mine*"]);
}
