use super::*;
use crate::words::context;

/// Words typed into a document, as an engine would have them.
struct Writer {
    typed: Typed,
    personal: Personal,
    /// What is kept.
    stored: Vec<u8>,
    opened: String,
}

impl Writer {
    fn new(known: &str, opened: &str) -> Self {
        let mut personal = Personal::default();
        personal.learn_documents([("a", known)]);
        let stored = personal.to_bytes();
        Self { typed: Typed::default(), personal, stored, opened: opened.to_owned() }
    }

    fn types(&mut self, text: &str) -> Vec<u64> {
        let words: Vec<_> = context::words(text).collect();
        let learn = |(history, word): &(WordHistory, String)| {
            self.typed.learn(&mut self.personal, history, word, false)
        };
        words.iter().map(learn).collect()
    }

    fn saves(&mut self, text: &str, revision: u64) {
        self.personal.reread(&self.stored).unwrap();
        self.typed.is_read();
        let changed = [ChangedText { before: self.opened.clone(), after: text.to_owned() }];
        if self.typed.settle(&mut self.personal, &changed, revision) {
            self.personal.begin_change();
            self.stored = self.personal.to_bytes();
            self.typed.is_kept(self.personal.forgotten.generation);
        }
        self.typed.count_waiting(&mut self.personal);
    }

    /// How often words are known in memory, and how often they are kept.
    fn counts(&self, words: &str) -> (Vec<u32>, Vec<u32>) {
        let kept = Personal::from_bytes(&self.stored, None).unwrap();
        let count = |personal: &Personal, word: &str| {
            let number = personal.lexicon.number(word);
            number.map_or(0, |number| personal.counts.alone(number).count as u32)
        };
        let all = |personal| words.split(' ').map(|word| count(personal, word)).collect();
        (all(&self.personal), all(&kept))
    }
}

#[test]
fn what_stands_in_the_saved_text_is_kept_and_nothing_else() {
    // Known words, the text as opened, what is typed, the text as saved, then how often `sea` and `xylo` are kept.
    for (opened, typed, saved, expected) in [
        ("", "the sea the xylo or xylo ", "the sea the xylo or xylo ", [2, 2]),
        ("", "the sea the xylo or xylo ", "", [1, 0]),
        ("", "the sea the xylo or xylo ", "the sea the xylo ", [2, 0]),
        ("", "the sea the xylo or xylo ", "the xylo or xylo ", [1, 2]),
        ("", "the sea ", "in the end the sea ", [2, 0]),
        ("", "the sea xylo or xylo ", "in the end the sea xylo or xylo ", [2, 2]),
        ("the sea ", "in ", "in the sea ", [1, 0]),
        ("the sea the sea ", "the sea ", "the sea or the sea ", [1, 0]),
        ("the sea ", "the sea ", "the sea ", [1, 0]),
        ("the sea ", "the sea the sea ", "the sea the sea ", [2, 0]),
        ("the sea ", "the xylo xylo ", "the xylo xylo ", [1, 2]),
    ] {
        let case = format!("{opened:?} {typed:?} {saved:?}");
        let mut writer = Writer::new("the sea or the end in", opened);
        writer.types(typed);
        assert_eq!(writer.counts("sea xylo").1, [1, 0], "{case}: nothing is kept unsaved");
        writer.saves(saved, 1);
        assert_eq!(writer.counts("sea xylo"), (expected.to_vec(), expected.to_vec()), "{case}");
    }
}

#[test]
fn what_was_kept_goes_again_with_the_text_and_a_word_left_alone_waits_again() {
    let mut writer = Writer::new("the sea or the end", "");
    let text = "the sea or xylo the xylo the xylo ";
    writer.types(text);
    writer.saves(text, 1);
    assert_eq!(writer.counts("sea xylo").1, [2, 3]);
    let kept = writer.stored.clone();
    writer.saves(text, 2);
    assert_eq!(writer.stored, kept, "a second save of the same changes nothing");
    writer.saves("the sea or xylo ", 3);
    assert_eq!(writer.counts("sea xylo"), (vec![2, 0], vec![2, 0]), "it stands at one place");
    writer.types("xylo and ");
    writer.saves("xylo and the sea or xylo ", 4);
    assert_eq!(writer.counts("sea xylo").1, [2, 2], "met at another place it is kept, with the first");
    writer.saves("", 5);
    assert_eq!(writer.counts("sea xylo").1, [1, 0]);
}

#[test]
fn what_is_typed_while_the_text_is_written_waits_for_the_next_save() {
    let mut writer = Writer::new("the sea or the end", "");
    writer.types("the sea ");
    writer.typed.set_revision(7);
    writer.types("the end ");
    writer.saves("the sea ", 6);
    assert_eq!(writer.counts("sea end"), (vec![2, 2], vec![2, 1]));
    writer.saves("the end ", 8);
    assert_eq!(writer.counts("sea end"), (vec![1, 2], vec![1, 2]));
}

#[test]
fn taking_back_at_once_leaves_what_was_known_without_it() {
    let mut writer = Writer::new("the sea or the end", "");
    let before = writer.personal.to_bytes();
    let ids = writer.types("the sea or xylo the xylo ");
    assert_eq!(writer.counts("sea xylo").0, [2, 2]);
    writer.typed.take_back(&mut writer.personal, ids[5]);
    assert_eq!(writer.counts("sea xylo").0, [2, 0], "the other place alone may be a slip");
    for &id in ids[..5].iter().rev() {
        writer.typed.take_back(&mut writer.personal, id);
    }
    let totals = |bytes: &[u8]| Personal::from_bytes(bytes, None).unwrap().counts.totals();
    assert_eq!(totals(&writer.personal.to_bytes()), totals(&before));
    writer.types("the sea ");
    writer.typed.leave(&mut writer.personal);
    assert_eq!(writer.counts("sea xylo").0, [1, 0], "another document: this one was not saved");
}

#[test]
fn what_was_forgotten_elsewhere_is_not_brought_back_by_what_was_typed_before() {
    let mut writer = Writer::new("the sea or the end", "");
    writer.types("the sea the end ");
    let mut other = Personal::from_bytes(&writer.stored, None).unwrap();
    other.begin_change();
    other.forget("Sea");
    writer.stored = other.to_bytes();
    writer.saves("the sea the end ", 1);
    assert_eq!(writer.counts("sea end"), (vec![0, 2], vec![0, 2]));
    writer.types("or the sea and sea ");
    writer.saves("the sea the end or the sea and sea ", 2);
    assert_eq!(writer.counts("sea end").1, [2, 2], "typed again it is learned again");
    writer.saves("the sea the end or ", 3);
    assert_eq!(writer.counts("sea end").1, [0, 2], "what was forgotten does not stand for it");
    let mut again = Personal::from_bytes(&writer.stored, None).unwrap();
    again.begin_change();
    again.replace(Personal::default());
    writer.stored = again.to_bytes();
    writer.types("end ");
    writer.saves("", 3);
    assert_eq!(
        writer.counts("sea end"),
        (vec![0, 0], vec![0, 0]),
        "and what was kept before is not taken out"
    );
}

/// The words file holds contexts as hashes that can be tried out: none may be of a secret.
#[test]
fn no_history_that_holds_a_secret_is_kept() {
    for (secret, text) in [
        ("Kettle77", "my password: Kettle77 and then the sea the "),
        ("Kettle77", "set the password to Kettle77 before the sea the "),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE is the sea the "),
    ] {
        let mut writer = Writer::new("the sea and then before is", "");
        writer.types(&format!("{text}sea "));
        writer.saves(&format!("{text}sea "), 0);
        let kept = Personal::from_bytes(&writer.stored, None).unwrap();
        assert!(kept.lexicon.number(secret).is_none(), "{text}");
        let bytes = writer.stored.clone();
        for (history, _) in context::words(&format!("{text}sea ")) {
            for length in 1..=4 {
                let Some(key) = history.context(length) else { continue };
                let has_it =
                    history.tokens()[..length].contains(&context::hash(&context::word_token(secret)));
                let stands = bytes.windows(8).any(|window| window == key.to_le_bytes());
                assert!(!(has_it && stands), "{text} {length}");
            }
        }
    }
}

#[test]
fn a_word_that_has_become_a_secret_is_taken_out_at_the_next_save() {
    let mut writer = Writer::new("the quay", "");
    let text = "Kettle77 the quay or Kettle77 quay or the Kettle77 ";
    writer.types(text);
    writer.saves(text, 0);
    assert!(writer.counts("Kettle77").1[0] > 0);
    writer.saves("password: Kettle77 the quay or Kettle77 quay or the Kettle77 ", 1);
    assert_eq!(writer.counts("Kettle77").1, [0]);
}

#[test]
fn a_word_kept_in_an_earlier_session_goes_when_the_text_shows_it_as_a_secret() {
    let text = "Kettle77 the quay or Kettle77 quay or the Kettle77 ";
    let mut writer = Writer::new("the quay", "");
    writer.types(text);
    writer.saves(text, 0);
    assert!(writer.counts("Kettle77 quay").1.iter().all(|count| *count > 0));
    // Another session opens the text and puts a name before the word.
    writer.typed = Typed::beside(writer.typed.generation());
    writer.opened = text.to_owned();
    writer.saves(&format!("password: {text}"), 1);
    let (known, kept) = writer.counts("Kettle77 quay");
    assert_eq!((known[0], kept[0]), (0, 0));
    assert!(kept[1] > 0);
}
