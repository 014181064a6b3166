use std::path::Path;

use proptest::prelude::*;
use rand::SeedableRng as _;
use ropey::Rope;

use super::engine::Engine;
use super::*;
use crate::runtime::workers::predictor::{SavedText, Suggest as _};
use crate::runtime::workers::stored_words::{change_words, read_words, replace_words};
use editor::effect::{CursorRequest, OpenDocument};
use editor::text::{DocumentId, Revision};
use model::base::BASE_MODEL;
use model::format::read_rnn;
use model::rnn::{RnnShape, StreamingRnn};
use suggest::Suggestions;

/// What the engine offers at a place of a text that has no file.
pub(super) fn suggest(loaded: &mut Loaded, text: &Rope, cursor: usize) -> Suggestions {
    let document = OpenDocument::default();
    loaded.engine.suggest(&CursorRequest { revision: Revision(1), text: text.clone(), cursor, document })
}

/// Settings under which nothing is learned until the file says so.
pub(super) fn quiet() -> SuggestionSettings {
    SuggestionSettings { learns: false, ..SuggestionSettings::default() }
}

/// Types `text` into `file` with the active version; returns how often `word` was learned by then, in the store.
fn typed(store: &ModelStore, learning: LearningScope, file: &Path, text: &str, word: &str) -> Option<u32> {
    let mut loaded = StoredModels::new(store.clone(), quiet(), learning).load(&Load::Active).unwrap();
    let rope = Rope::from_str(text);
    let document = OpenDocument { id: DocumentId(1), file: Some(file.to_path_buf()), opened: Rope::new() };
    let mut request = CursorRequest { revision: Revision(0), text: Rope::new(), cursor: 0, document };
    for cursor in 0..=rope.len_chars() {
        (request.revision, request.cursor) = (Revision(cursor as u64), cursor);
        request.text = rope.slice(..cursor).into();
        loaded.engine.suggest(&request);
    }
    let saved = SavedText {
        document: DocumentId(1),
        file: file.to_path_buf(),
        text: rope,
        revision: request.revision,
    };
    loaded.engine.change(&SuggesterChange::Saved(saved)).unwrap();
    drop(loaded);
    let words = read_words(store, "base").unwrap().words();
    words.into_iter().find(|learned| learned.word == word).map(|learned| learned.count)
}

#[test]
fn what_is_typed_is_learned_where_the_writer_wants_it_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let letters = folder.path().join("letters");
    let chosen = LearningScope { incognito: false, folders: vec![letters.clone()] };
    let text = "see the harbour and see the harbour. ";
    let (inside, outside) = (letters.join("a.md"), folder.path().join("b.md"));
    assert_eq!(typed(&store, chosen.clone(), &outside, text, "harbour"), None);
    assert_eq!(
        typed(&store, LearningScope { incognito: true, ..chosen.clone() }, &inside, text, "harbour"),
        None
    );
    assert_eq!(typed(&store, chosen.clone(), &inside, text, "harbour"), Some(2));
    assert_eq!(typed(&store, chosen, &inside, text, "harbour"), Some(4), "what was kept is gone on from");
    let mut trained = Personal::default();
    trained.learn_documents([(&*inside.to_string_lossy(), "the sea")]);
    assert!(LearningScope::default().covers(&letters.join("c.md"), &trained));
    assert!(!LearningScope::default().covers(&outside, &trained));
}

#[test]
fn the_base_model_has_the_next_word_ready() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let mut loaded = StoredModels::new(store, quiet(), LearningScope::default()).load(&Load::Active).unwrap();
    assert_eq!(loaded.name, "base");
    let text = Rope::from_str("Thank you very muc and more");
    let found = suggest(&mut loaded, &text, 18);
    assert_eq!(found.prefix, "muc");
    assert_eq!(found.candidates[0].word, "much");
}

#[test]
fn the_hidden_state_is_the_one_the_text_leads_to() {
    use model::LanguageModel as _;
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let mut loaded = StoredModels::new(store, quiet(), LearningScope::default()).load(&Load::Active).unwrap();
    let text = Rope::from_str("Thank you very muc");
    let before = suggest(&mut loaded, &text, 18);
    let (shape, parameters) = read_rnn(BASE_MODEL).unwrap();
    let model = StreamingRnn::quantised(shape, &parameters);
    // Also where suggestions have not been asked for, and back again.
    for cursor in [18, 9, 18] {
        let mut state = model.start();
        for byte in text.slice(..cursor).bytes() {
            model.advance(&mut state, byte.into());
        }
        let hidden = loaded.engine.hidden(&text, cursor);
        assert_eq!(hidden, model.hidden(&state), "{cursor}");
        assert_eq!(hidden.len(), shape.hidden);
    }
    assert_eq!(suggest(&mut loaded, &text, 18), before);
}

#[test]
fn a_long_document_is_read_through_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let mut loaded = StoredModels::new(store, quiet(), LearningScope::default()).load(&Load::Active).unwrap();
    let text = Rope::from_str(&"Wörter und Sätze. ".repeat(3_000));
    let found = suggest(&mut loaded, &text, text.len_chars());
    assert_eq!(found.candidates[0].word, "Wörter", "{found:?}");
}

#[test]
fn a_version_that_cannot_be_read_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let version = crate::store::models::NewVersion { name: Some("cut".into()), ..Default::default() };
    store.add(version, &BASE_MODEL[..1000]).unwrap();
    let mut models = StoredModels::new(store.clone(), quiet(), LearningScope::default());
    let error = models.load(&Load::Named("cut".into())).err().unwrap();
    assert!(error.contains("`cut`") && error.contains("cut short"), "{error}");
    assert_eq!(store.active().unwrap(), "base");
}

/// An editor with one document in a folder that is learned from, its cursor at the end of the text or where it was put.
struct Editor {
    engine: Engine,
    document: OpenDocument,
    text: Rope,
    cursor: usize,
    revision: Revision,
}

fn tiny(store: &ModelStore, file: &Path) -> Engine {
    let shape = RnnShape { embed: 8, hidden: 8, layers: 1, ..RnnShape::BASE };
    let parameters = shape.random_parameters(&mut rand::rngs::StdRng::seed_from_u64(1));
    let model = StreamingRnn::quantised(shape, &parameters);
    let suggester = Suggester::with_personal(model, read_words(store, "base").unwrap(), quiet());
    let learning = LearningScope { incognito: false, folders: vec![file.parent().unwrap().to_path_buf()] };
    Engine::new(suggester, store.clone(), "base".to_owned(), learning, true)
}

impl Editor {
    fn open(store: &ModelStore, file: &Path, text: &str) -> Self {
        let mut editor = Self {
            engine: tiny(store, file),
            document: OpenDocument::default(),
            text: Rope::new(),
            cursor: 0,
            revision: Revision(0),
        };
        editor.opens(file, text);
        editor
    }

    fn opens(&mut self, file: &Path, text: &str) {
        self.revision = self.revision.next();
        self.text = Rope::from_str(text);
        self.document = OpenDocument {
            id: self.revision.document(),
            file: Some(file.to_path_buf()),
            opened: self.text.clone(),
        };
        self.cursor = self.text.len_chars();
        self.ask();
    }

    fn ask(&mut self) {
        let (revision, cursor) = (self.revision, self.cursor);
        let (text, document) = (self.text.clone(), self.document.clone());
        self.engine.suggest(&CursorRequest { revision, text, cursor, document });
    }

    fn types(&mut self, typed: &str) {
        for c in typed.chars() {
            self.replaces(self.cursor, 0, c.to_string().as_str());
        }
    }

    /// One edit, after which the cursor stands behind what came.
    fn replaces(&mut self, at: usize, removed: usize, text: &str) {
        self.text.remove(at..at + removed);
        self.text.insert(at, text);
        self.cursor = at + text.chars().count();
        self.revision = self.revision.next();
        self.ask();
    }

    fn change(&mut self, change: &SuggesterChange) -> Result<(), String> {
        self.engine.change(change)
    }

    fn saves(&mut self) {
        let saved = self.saved();
        self.change(&SuggesterChange::Saved(saved)).unwrap();
    }

    fn saved(&self) -> SavedText {
        let (document, file) = (self.document.id, self.document.file.clone().unwrap());
        SavedText { document, file, text: self.text.clone(), revision: self.revision }
    }
}

/// The words kept, with how often they were met.
fn kept(store: &ModelStore) -> Vec<(String, u32)> {
    let words = read_words(store, "base").unwrap().words();
    let mut words: Vec<_> = words.into_iter().map(|learned| (learned.word, learned.count)).collect();
    words.sort();
    words
}

fn place() -> (tempfile::TempDir, ModelStore, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
    let file = folder.path().join("letters/a.md");
    (folder, store, file)
}

/// A name, and how an editor takes back the chars from one place to another at the end of its text.
type TakeBack = (&'static str, fn(&mut Editor, usize, usize));

#[test]
fn what_is_taken_back_is_not_kept_however_it_is_taken_back() {
    let begun = "the gate stood open in the garden. ";
    let secret = "Xyvogel99 sang and Xyvogel99 slept on the harbour wall until nobody came to the house. ";
    let (start, length) = (begun.chars().count(), secret.chars().count());
    let end = start + length;
    let ways: [TakeBack; 7] = [
        ("letter by letter", |editor, start, end| {
            for at in (start..end).rev() {
                editor.replaces(at, 1, "");
            }
        }),
        ("word by word", |editor, start, end| {
            let mut at = end;
            while at > start {
                let before = editor.text.slice(..at - 1).to_string();
                let from = before.rfind(' ').map_or(start, |at| before[..=at].chars().count()).max(start);
                editor.replaces(from, at - from, "");
                at = from;
            }
        }),
        ("cut as a whole", |editor, start, end| editor.replaces(start, end - start, "")),
        ("selected and typed over", |editor, start, end| {
            editor.replaces(start, end - start, "t");
            editor.types("he ");
        }),
        ("undone to the empty text and redone half", |editor, start, _| {
            let begun = editor.text.slice(..start).to_string();
            editor.replaces(0, editor.text.len_chars(), "");
            editor.replaces(0, 0, &begun);
        }),
        ("cut where the cursor had left", |editor, start, end| {
            editor.replaces(0, 0, "In May ");
            editor.replaces(start + 7, end - start, "");
            editor.replaces(0, 7, "");
        }),
        ("replaced with another file's text", |editor, start, _| {
            let begun = editor.text.slice(..start).to_string();
            editor.replaces(0, editor.text.len_chars(), &format!("{begun}other words. "));
        }),
    ];
    for (way, take_back) in ways {
        for (is_kept_before, is_saved) in [(false, true), (false, false), (true, true)] {
            let (_folder, store, file) = place();
            let mut editor = Editor::open(&store, &file, "");
            editor.types(begun);
            editor.saves();
            let without = kept(&store);
            assert!(without.contains(&("garden".to_owned(), 1)), "{without:?}");
            editor.types(secret);
            assert_eq!(kept(&store), without, "{way}: nothing unsaved is kept");
            if is_kept_before {
                editor.saves();
                assert!(kept(&store).contains(&("Xyvogel99".to_owned(), 2)), "{:?}", kept(&store));
            }
            take_back(&mut editor, start, end);
            if is_saved {
                editor.saves();
            }
            drop(editor);
            let mut left = kept(&store);
            left.retain(|(word, _)| word != "the" || way != "selected and typed over");
            let expected: Vec<_> = (without.into_iter())
                .filter(|(word, _)| word != "the" || way != "selected and typed over")
                .collect();
            assert_eq!(left, expected, "{way}, kept before: {is_kept_before}, saved: {is_saved}");
            let bytes = store.words("base").unwrap().unwrap();
            assert!(!bytes.windows(7).any(|seven| seven == b"Xyvogel"), "{way}");
        }
    }
}

#[test]
fn a_word_typed_once_that_nothing_knows_is_in_no_file() {
    let (_folder, store, file) = place();
    let mut editor = Editor::open(&store, &file, "");
    editor.types("the harbour of Xyvogel99 was quiet. ");
    editor.saves();
    assert!(kept(&store).iter().any(|(word, _)| word == "harbour"));
    assert!(kept(&store).iter().all(|(word, _)| word != "Xyvogel99"));
    editor.types("And Xyvogel99 came. ");
    editor.saves();
    assert!(kept(&store).contains(&("Xyvogel99".to_owned(), 2)), "{:?}", kept(&store));
}

#[test]
fn a_document_left_unsaved_or_saved_where_nothing_is_learned_leaves_nothing() {
    let (folder, store, file) = place();
    let mut editor = Editor::open(&store, &file, "");
    editor.types("the harbour was quiet. ");
    editor.document.file = Some(folder.path().join("b.md"));
    editor.saves();
    editor.types("the garden gate. ");
    editor.saves();
    assert_eq!(kept(&store), [], "that file is not learned from");
    editor.document.file = Some(file.clone());
    editor.saves();
    assert_eq!(kept(&store), [], "nor was it when that was typed");
    editor.types("an open window ");
    editor.opens(&file, "");
    editor.types("the garden gate. ");
    editor.saves();
    let words: Vec<String> = kept(&store).into_iter().map(|(word, _)| word).collect();
    assert_eq!(words, ["garden", "gate", "the"]);
}

#[test]
fn words_not_kept_yet_go_on_with_another_model() {
    let (_folder, store, file) = place();
    let mut editor = Editor::open(&store, &file, "");
    editor.types("the harbour was quiet. ");
    let handed = editor.engine.hand_over().unwrap();
    editor.engine = tiny(&store, &file);
    editor.engine.take_over(handed);
    editor.types("the garden ");
    editor.saves();
    let words: Vec<String> = kept(&store).into_iter().map(|(word, _)| word).collect();
    assert_eq!(words, ["garden", "harbour", "quiet", "the", "was"]);
}

#[test]
fn what_cannot_be_written_is_reported_and_kept_with_the_next_save() {
    let (_folder, store, file) = place();
    let mut editor = Editor::open(&store, &file, "");
    editor.types("the harbour was quiet. ");
    let words = store.words_file("base");
    std::fs::create_dir_all(&words).unwrap();
    let saved = editor.saved();
    let error = editor.change(&SuggesterChange::Saved(saved)).unwrap_err();
    assert!(error.contains("base.words"), "{error}");
    std::fs::remove_dir(&words).unwrap();
    editor.types("the garden ");
    editor.saves();
    let kept: Vec<String> = kept(&store).into_iter().map(|(word, _)| word).collect();
    assert_eq!(kept, ["garden", "harbour", "quiet", "the", "was"]);
}

/// What two editors and the commands may do.
#[derive(Debug, Clone)]
enum Doing {
    Type(usize, usize),
    /// Takes back the last two words.
    TakeBack(usize),
    Empty(usize),
    Save(usize),
    /// Ends without saving, and begins again with the text as it was saved.
    Restart(usize),
    ForgetHere(usize, usize),
    Forget(usize),
    Clear,
    Import,
}

const WORDS: [&str; 4] = ["garden", "harbour", "letter", "window"];

fn doing() -> impl Strategy<Value = Doing> {
    let (editor, word) = (0..2_usize, 0..WORDS.len());
    prop_oneof![
        5 => (editor.clone(), word.clone()).prop_map(|(editor, word)| Doing::Type(editor, word)),
        2 => editor.clone().prop_map(Doing::TakeBack),
        1 => editor.clone().prop_map(Doing::Empty),
        4 => editor.clone().prop_map(Doing::Save),
        1 => editor.clone().prop_map(Doing::Restart),
        1 => (editor, word.clone()).prop_map(|(editor, word)| Doing::ForgetHere(editor, word)),
        2 => word.prop_map(Doing::Forget),
        1 => Just(Doing::Clear),
        1 => Just(Doing::Import),
    ]
}

/// How a word that stands in an editor's text came there.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Standing {
    Typed,
    Kept,
    /// It was there when the text was opened, or was forgotten since it was typed.
    Settled,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever two editors and the commands do in whatever order, the file holds what one after the other would have made of it.
    #[test]
    fn nothing_is_lost_and_nothing_comes_back_between_two_editors(doings in prop::collection::vec(doing(), 1..30)) {
        let (_folder, store, file) = place();
        let files = [file.clone(), file.with_file_name("b.md")];
        let mut editors = [0, 1].map(|n: usize| Editor::open(&store, &files[n], ""));
        let mut counts = [0_u32; WORDS.len()];
        // The words in each text, and those that were kept and taken back since.
        let mut texts: [Vec<(usize, Standing)>; 2] = Default::default();
        let mut gone: [Vec<usize>; 2] = Default::default();
        let mut on_disk = [String::new(), String::new()];
        for (n, doing) in doings.iter().enumerate() {
            match *doing {
                Doing::Type(who, word) => {
                    // A word of its own before each gives it a history of its own.
                    let letters = [n / 26, n % 26].map(|digit| char::from(b'a' + digit as u8));
                    editors[who].types(&format!("xqj{}{} {} ", letters[0], letters[1], WORDS[word]));
                    texts[who].push((word, Standing::Typed));
                }
                Doing::TakeBack(who) => {
                    if let Some((word, standing)) = texts[who].pop() {
                        let editor = &mut editors[who];
                        let length = WORDS[word].len() + "xqjaa  ".len();
                        editor.replaces(editor.text.len_chars() - length, length, "");
                        gone[who].extend((standing == Standing::Kept).then_some(word));
                    }
                }
                Doing::Empty(who) => {
                    let length = editors[who].text.len_chars();
                    editors[who].replaces(0, length, "");
                    let kept = texts[who].drain(..).filter(|&(_, standing)| standing == Standing::Kept);
                    gone[who].extend(kept.map(|(word, _)| word));
                }
                Doing::Save(who) => {
                    editors[who].saves();
                    on_disk[who] = editors[who].text.to_string();
                    for word in gone[who].drain(..) {
                        counts[word] -= 1;
                    }
                    for (word, standing) in texts[who].iter_mut().filter(|(_, s)| *s == Standing::Typed) {
                        counts[*word] += 1;
                        *standing = Standing::Kept;
                    }
                }
                Doing::Restart(who) => {
                    editors[who] = Editor::open(&store, &files[who], &on_disk[who]);
                    let read = |word: &str| WORDS.iter().position(|known| *known == word);
                    texts[who] =
                        on_disk[who].split(' ').filter_map(read).map(|w| (w, Standing::Settled)).collect();
                    gone[who].clear();
                }
                Doing::ForgetHere(_, word) | Doing::Forget(word) => {
                    if let Doing::ForgetHere(who, _) = *doing {
                        editors[who].change(&SuggesterChange::Forget(WORDS[word].to_uppercase())).unwrap();
                    } else {
                        change_words(&store, "base", |personal| {
                            personal.forget(WORDS[word]);
                            Ok(())
                        }).unwrap();
                    }
                    counts[word] = 0;
                    for (known, standing) in texts.iter_mut().flatten() {
                        if *known == word { *standing = Standing::Settled }
                    }
                    for gone in &mut gone {
                        gone.retain(|&gone| gone != word);
                    }
                }
                Doing::Clear | Doing::Import => {
                    let mut words = Personal::default();
                    counts = [0; WORDS.len()];
                    if matches!(doing, Doing::Import) {
                        words.learn_documents([("elsewhere", "the garden the garden")]);
                        counts[0] = 2;
                    }
                    replace_words(&store, "base", words).unwrap();
                    texts.iter_mut().flatten().for_each(|(_, standing)| *standing = Standing::Settled);
                    gone.iter_mut().for_each(Vec::clear);
                }
            }
            let kept = kept(&store);
            let found = WORDS.map(|word| kept.iter().find(|(known, _)| known == word).map_or(0, |known| known.1));
            prop_assert_eq!(found, counts, "after {:?}, the {}th", doing, n);
            prop_assert!(kept.iter().all(|(word, _)| !word.starts_with("xqj")), "{:?}", kept);
        }
    }
}
