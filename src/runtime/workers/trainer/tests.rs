use super::*;
use crate::runtime::workers::stored_words::{change_words, read_words};
use learn::train::TrainingPhase;
use model::base::BASE_MODEL;
use suggest::Components;

/// A folder of five short documents and a store with nothing but the base model.
fn setting() -> (tempfile::TempDir, ModelStore, TrainingPlan) {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    std::fs::create_dir(&notes).unwrap();
    for day in 1..=5 {
        let text =
            format!("Day {day}. The gannets came back to the stack and the keeper lit the lamp early.\n")
                .repeat(6);
        std::fs::write(notes.join(format!("{day}.txt")), text).unwrap();
    }
    std::fs::write(notes.join("photo.jpg"), b"\xff\xd8\xff\x00\x01").unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let plan = TrainingPlan { folders: vec![notes], ..TrainingPlan::default() };
    (folder, store, plan)
}

fn versions(store: &ModelStore) -> Vec<String> {
    store.versions().unwrap().into_iter().map(|version| version.name).collect()
}

#[test]
fn a_preview_names_all_it_finds_and_learns_nothing() {
    let (_folder, store, plan) = setting();
    let preview = preview(&plan.folders).unwrap();
    assert_eq!((preview.documents.len(), preview.held_out, preview.skipped.len()), (5, 1, 1));
    assert!(preview.skipped[0].path.ends_with("photo.jpg") && !preview.skipped[0].reason.is_empty());
    assert_eq!(versions(&store), ["base"]);
}

#[test]
fn a_cancelled_run_keeps_nothing() {
    let (_folder, store, plan) = setting();
    let control = Control::default();
    // Cancelled from within: at the first report of learning, as the writer would.
    let outcome = retrain(&store, &SuggestionSettings::default(), &plan, &control, &mut |report| {
        if report.phase == TrainingPhase::Training {
            control.cancel();
        }
    });
    assert!(matches!(outcome, Ok(TrainingOutcome::Cancelled)), "{outcome:?}");
    assert_eq!(versions(&store), ["base"]);
}

#[test]
fn a_model_that_saves_no_more_keystrokes_is_not_adopted() {
    let (_folder, store, plan) = setting();
    let control = Control::default();
    // Finished before the first step: the copy is what the model in use is.
    control.finish();
    let settings = SuggestionSettings { components: Components::LSTM, ..SuggestionSettings::default() };
    let outcome = retrain(&store, &settings, &plan, &control, &mut |_| {}).unwrap();
    let TrainingOutcome::Finished(summary) = outcome else { panic!("it was not cancelled") };
    assert_eq!((summary.steps, summary.promoted, summary.model.as_str()), (0, false, "base"));
    assert_eq!(summary.before.figures.ksr, summary.after.figures.ksr);
    assert_eq!(versions(&store), ["base"]);
}

#[test]
fn words_alone_make_a_better_version_and_go_with_it() {
    let (_folder, store, plan) = setting();
    let control = Control::default();
    control.finish();
    let type_words = |typed: &str, forgotten: &str| {
        change_words(&store, "base", |personal| {
            personal.type_known(typed);
            personal.forget(forgotten);
            Ok(())
        })
    };
    type_words("the bollard and the rowlock", "moor").unwrap();
    // While it learns, the writer types and forgets; the next words are those that are known by its end.
    let mut is_typed = false;
    let outcome = retrain(&store, &SuggestionSettings::default(), &plan, &control, &mut |report| {
        if report.phase == TrainingPhase::MeasuringAfter && !std::mem::replace(&mut is_typed, true) {
            type_words("the thimble", "rowlock").unwrap();
        }
    });
    let TrainingOutcome::Finished(summary) = outcome.unwrap() else { panic!("it was not cancelled") };
    assert!(
        is_typed && summary.promoted && summary.after.figures.ksr.five > summary.before.figures.ksr.five,
        "{summary:?}"
    );
    let words = read_words(&store, &summary.model).unwrap();
    let known = |word: &str| words.words().iter().any(|learned| learned.word == word);
    assert_eq!(["bollard", "thimble", "rowlock"].map(known), [true, true, false]);
    assert!(words.words().iter().any(|learned| learned.word == "gannets"));
    assert!(words.documents().iter().all(|name| !name.ends_with("5.txt")), "that one is judged on");
    store.use_version("base").unwrap();
    store.remove(&summary.model).unwrap();
    assert!(!store.words_file(&summary.model).exists(), "words go with their version");
}

#[test]
fn a_panic_in_training_is_an_error_and_no_more() {
    let (_folder, store, plan) = setting();
    let (sender, messages) = std::sync::mpsc::channel();
    let (own, watched) = (store.clone(), plan.clone());
    let train = move |(plan, control, _): &TrainingJob, _: &Wanted<_>| {
        let _ = retrain(&own, &SuggestionSettings::default(), plan, control, &mut |_| panic!("a fuse blew"));
    };
    let worker = Worker::<Latest<TrainingJob>>::new("test", AtEnd::Join, train, failed);
    worker.put((watched, Arc::default(), sender)).unwrap();
    let Ok(Message::TrainingFailed(error)) = messages.recv() else { panic!("it has not failed") };
    assert!(error.contains("a fuse blew") && error.contains("stays as it is"), "{error}");
    assert_eq!(store.active().unwrap(), "base");
}

#[cfg(target_os = "linux")]
#[test]
fn learning_gives_way_with_its_threads_and_nobody_else_does() {
    let nice = || rustix::process::getpriority_process(None).unwrap();
    let before = nice();
    let (own, started) = std::thread::spawn(move || {
        give_way();
        (nice(), std::thread::spawn(nice).join().unwrap())
    })
    .join()
    .unwrap();
    let expected = before.max(LEARNING_NICE);
    assert_eq!((own, started, nice()), (expected, expected, before));
}
