//! Logs that were cut or changed: replay gives a text that once existed, or reports that there is none.

use proptest::prelude::*;

use super::super::replay::{Replayed, Standing, replay};
use super::power::Simulated;
use super::*;

type Step = (u8, usize, usize, String);

/// The log of a session that does these steps, and the texts there were.
fn session(text: &str, steps: &[Step]) -> (Vec<u8>, Vec<Rope>) {
    let disk = Simulated::default();
    let mut log = Log::create(disk.clone()).unwrap();
    let mut writer = Writer::new(text);
    let mut texts = vec![writer.text.clone()];
    for (kind, a, b, inserted) in steps {
        match kind {
            0 => log.take(Job::Settle(writer.settled(true))).unwrap(),
            1..3 => log.take(Job::Change(writer.replace(*a.min(b), *a.max(b), inserted))).unwrap(),
            _ => log.take(Job::Change(writer.add(inserted))).unwrap(),
        }
        texts.push(writer.text.clone());
    }
    log.advance(Duration::ZERO, false).unwrap();
    let disk = disk.0.borrow();
    (disk.files[disk.log.unwrap()].bytes.clone(), texts)
}

fn read_back(bytes: &[u8]) -> Option<Replayed> {
    replay(bytes, |_| None).ok().flatten()
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0u8..6, 0usize..60, 0usize..60, "\\PC{1,9}"), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_cut_log_gives_a_text_that_existed(text in "\\PC{0,30}", steps in steps()) {
        let (bytes, texts) = session(&text, &steps);
        let whole = read_back(&bytes).map(|replayed| replayed.text);
        prop_assert!(whole.is_none_or(|whole| &whole == texts.last().unwrap()));
        for length in 0..bytes.len() {
            if let Some(Replayed { text, damage, standing, .. }) = read_back(&bytes[..length]) {
                // While the text it begins with is not whole there is no change of it yet.
                prop_assert!(texts.contains(&text) || (standing == Standing::Settled && damage.is_none()), "{length}");
            }
        }
    }

    #[test]
    fn what_is_wrong_after_a_changed_byte_is_said(
        text in "\\PC{0,30}", steps in steps(), bit in 0u8..8, end in prop::sample::select(vec![0, 5, 70])
    ) {
        let (bytes, texts) = session(&text, &steps);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            // A few bytes are overwritten, not one alone.
            for byte in changed.iter_mut().skip(at + 1).take(end) {
                *byte = 0;
            }
            if let Some(Replayed { text, damage: None, standing, .. }) = read_back(&changed) {
                // Bytes that are no line any more at the end are as good as cut off.
                prop_assert!(texts.contains(&text) || standing == Standing::Settled, "{at}: {text:?}");
            }
        }
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_back(&bytes);
    }
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

#[test]
fn a_damaged_record_costs_itself() {
    let typed = |text: &str| (9, 0, 0, text.to_owned());
    let steps: Vec<Step> = ["one ", "two ", "three ", "four"].map(typed).to_vec();
    let (bytes, _) = session("zero ", &steps);
    let records = lines(&bytes);
    // head, begin, an empty line, begin, piece, then the changes
    for (broken, text, said) in [
        (4, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}one two three four", "5 characters"),
        (5, "zero \u{fffd}\u{fffd}\u{fffd}\u{fffd}two three four", "4 characters"),
        (6, "zero one \u{fffd}\u{fffd}\u{fffd}\u{fffd}three four", "4 characters"),
        (8, "zero one two three ", "one change"),
    ] {
        let mut records = records.clone();
        records[broken][3] ^= 0x11;
        let found = read_back(&records.concat()).unwrap();
        assert_eq!((found.text.to_string().as_str(), found.standing), (text, Standing::Unsaved), "{broken}");
        assert!(found.damage.as_ref().is_some_and(|damage| damage.contains(said)), "{:?}", found.damage);
    }
}

#[test]
fn without_its_beginning_a_log_still_gives_what_was_typed() {
    let steps = [(9, 0, 0, "typed".to_owned()), (9, 0, 0, " on".to_owned()), (1, 2, 2, "else".to_owned())];
    let (bytes, _) = session("what was there before", &steps);
    let mut records = lines(&bytes);
    records.drain(1..5);
    let found = read_back(&records.concat()).unwrap();
    assert_eq!((found.text.to_string().as_str(), found.file.path), ("typed on\nelse", None));
    assert!(found.damage.is_some_and(|damage| damage.contains("only what was typed")));
}
