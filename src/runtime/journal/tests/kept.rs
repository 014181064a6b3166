//! Texts that are kept for a week.

use super::super::kept::{AGE, MOST_TEXTS};
use super::*;
use editor::effect::KeptText;

fn kept(because: KeptBecause, text: &str) -> KeptText {
    let form = FileForm { crlf: true, bom: false };
    let file = TextFile { path: Some("/notes/a.md".into()), form, based_on: None };
    KeptText { because, file, text: Rope::from_str(text) }
}

#[test]
fn kept_texts_are_listed_newest_first_and_can_be_removed() {
    let place = Place::new();
    let (sender, messages) = channel();
    let texts = Kept::start(&place.kept(), sender);
    let reasons = [KeptBecause::Discard, KeptBecause::Reload, KeptBecause::Overwrite];
    let long = "line\n".repeat(20_000);
    for (because, text) in reasons.into_iter().zip(["", "second", long.as_str()]) {
        texts.keep(kept(because, text));
    }
    texts.list();
    let Ok(Message::KeptListed(listed)) = messages.recv() else { panic!() };
    let mut found: Vec<_> =
        listed.iter().map(|recovery| (recovery.because, recovery.text.as_str())).collect();
    // Two of the same millisecond are in any order.
    found.sort_by_key(|(_, text)| text.len());
    assert_eq!(found, [(KeptBecause::Reload, "second"), (KeptBecause::Overwrite, long.as_str())]);
    assert!(listed.iter().all(|recovery| recovery.form.crlf && recovery.path == Some("/notes/a.md".into())));
    let bystander = place.kept().join("letter");
    std::fs::write(&bystander, "dear").unwrap();
    for path in [&bystander, &listed[0].journal, &listed[1].journal] {
        texts.remove(path, Some(Rope::from_str("second")));
    }
    drop(texts);
    let left: Vec<String> = place.listed().into_iter().map(|recovery| recovery.text).collect();
    assert_eq!(left, ["second"], "it is needed");
    assert!(bystander.exists());
}

#[test]
fn what_is_too_old_and_what_is_too_much_goes() {
    let place = Place::new();
    let now = SystemTime::now();
    std::fs::create_dir(place.kept()).unwrap();
    let log = place.journal().join("any.journal");
    let put = |age| {
        std::fs::write(&log, "").unwrap();
        super::super::kept::adopt(&log, &place.kept(), KeptBecause::Discard, now - age).unwrap();
    };
    let count = || std::fs::read_dir(place.kept()).unwrap().count();
    put(AGE + Duration::from_secs(9));
    put(AGE.saturating_sub(Duration::from_secs(9)));
    assert_eq!(count(), 2, "each is young at its own time");
    drop(Kept::start(&place.kept(), channel().0));
    assert_eq!(count(), 1);
    for age in 0..MOST_TEXTS as u64 + 5 {
        put(Duration::from_secs(age));
    }
    assert_eq!(count(), MOST_TEXTS);
}

#[test]
fn a_text_that_cannot_be_kept_is_reported() {
    let place = Place::new();
    std::fs::write(place.kept(), "a file in its place").unwrap();
    let (sender, messages) = channel();
    Kept::start(&place.kept(), sender).keep(kept(KeptBecause::Discard, "text"));
    let said = messages.recv().unwrap();
    assert!(matches!(&said, Message::FileFailed(text) if text.contains("could not be kept")), "{said:?}");
}

#[test]
fn a_forgotten_text_of_a_killed_session_is_kept() {
    let place = Place::new();
    let journal = place.start();
    let mut writer = Writer::new("");
    journal.write(writer.add("not wanted"));
    forget(&journal, &writer, false);
    kill(journal);
    assert!(place.offered().is_empty() && place.left().is_empty());
    assert_eq!(place.listed()[0].text, "not wanted");
}
