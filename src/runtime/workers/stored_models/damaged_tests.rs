//! Whatever has become of the files of the version in use, there are suggestions, and the writer is told.

use std::fs;
use std::path::Path;

use ropey::Rope;

use super::tests::{quiet, suggest};
use super::*;
use crate::store::models::StoreError;
use model::base::BASE_MODEL;

#[test]
fn damaged_words_are_reported_with_their_file_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    store.change_words::<_, StoreError>("base", |_| Ok((Some(b"no words".to_vec()), ()))).unwrap();
    let chosen = LearningScope { incognito: false, folders: vec![folder.path().to_owned()] };
    let mut models = StoredModels::new(store.clone(), quiet(), chosen);
    let mut loaded = models.load(&Load::Active).unwrap();
    let [mark] = &loaded.marks[..] else { panic!("{:?}", loaded.marks) };
    for part in [&*store.words_file("base").to_string_lossy(), "move it away", "no words"] {
        assert!(mark.sentence.contains(part), "{part}: {mark:?}");
    }
    // Suggested it is all the same.
    let text = Rope::from_str("Thank you very muc");
    assert_eq!(suggest(&mut loaded, &text, 18).candidates[0].word, "much");
    loaded.engine.change(&SuggesterChange::Forget("much".to_owned())).unwrap();
    drop(loaded);
    assert_eq!(store.words("base").unwrap().as_deref(), Some(&b"no words"[..]));
}

/// Whatever has become of the files of the version in use: the base model stands in, and says so with path and remedy.
#[test]
fn what_cannot_be_loaded_gives_way_to_the_base_model() {
    type Break = fn(&ModelStore, &Path);
    let cases: [(&str, Break, &[&str]); 5] = [
        (
            "cut short",
            |store, _| fs::write(store.file_of("mine"), &BASE_MODEL[..1000]).unwrap(),
            &["mine", "cut short"],
        ),
        (
            "gone",
            |store, _| fs::remove_file(store.file_of("mine")).unwrap(),
            &["mine.safetensors", "models use base"],
        ),
        (
            "a folder",
            |store, _| {
                fs::remove_file(store.file_of("mine")).unwrap();
                fs::create_dir(store.file_of("mine")).unwrap();
            },
            &["mine.safetensors", "a folder"],
        ),
        (
            "a torn list",
            |_, models| fs::write(models.join("manifest.json"), "{\"format\"").unwrap(),
            &["manifest.json", "move the list"],
        ),
        (
            "a list that is none",
            |_, models| {
                fs::remove_file(models.join("manifest.json")).unwrap();
                fs::create_dir(models.join("manifest.json")).unwrap();
            },
            &["manifest.json", "a folder"],
        ),
    ];
    for (case, damage, parts) in cases {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        let store = ModelStore::open(&models, BASE_MODEL).unwrap();
        let version = crate::store::models::NewVersion { name: Some("mine".into()), ..Default::default() };
        store.add(version, BASE_MODEL).unwrap();
        store.use_version("mine").unwrap();
        damage(&store, &models);
        let manifest = fs::read(models.join("manifest.json")).ok();
        let mut loaded =
            StoredModels::new(store, quiet(), LearningScope::default()).load(&Load::Active).unwrap();
        assert_eq!(loaded.name, "base", "{case}");
        assert_eq!(loaded.versions.iter().filter(|version| version.active).count(), 1, "{case}");
        let [mark] = &loaded.marks[..] else { panic!("{case}: {:?}", loaded.marks) };
        let warning = &mark.sentence;
        for part in parts.iter().chain(&["Until then the base model suggests"]) {
            assert!(warning.contains(part), "{case}, {part}: {warning}");
        }
        let text = Rope::from_str("Thank you very muc");
        assert_eq!(suggest(&mut loaded, &text, 18).candidates[0].word, "much", "{case}");
        drop(loaded);
        assert_eq!(fs::read(models.join("manifest.json")).ok(), manifest, "{case}");
    }
}
