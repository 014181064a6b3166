//! The predictor's engine: a model of the store, and the words learned with it.

use std::path::Path;
use std::time::{Duration, SystemTime};

use ropey::Rope;

use super::changed::changed;
use super::{LearningScope, set};
use crate::runtime::workers::predictor::{HandedOver, SavedText, Suggest, SuggesterChange};
use crate::runtime::workers::stored_words::unreadable;
use crate::store::models::ModelStore;
use editor::effect::{CursorRequest, OpenDocument};
use model::rnn::StreamingRnn;
use suggest::{Personal, PersonalError, Suggester, Suggestions};

/// Bytes of text before the cursor that are handed over: more than a session ever looks back on.
const WINDOW: usize = 16_384;
/// Candidates requested.
const COUNT: usize = 5;
/// Bytes of changes that a save looks through for words, in the text that was opened and in the one saved. Beyond it nothing is kept.
const LOOKED_THROUGH: usize = 24 << 20;

/// How long others may hold the lock of the store.
const PATIENCE: Duration = Duration::from_secs(1);

/// How a file was found: it is replaced whole, so another file is another content.
type Stamp = Option<(SystemTime, u64, u64)>;

pub(super) struct Engine {
    suggester: Suggester<StreamingRnn>,
    store: ModelStore,
    version: String,
    learning: LearningScope,
    document: OpenDocument,
    /// Whether what is typed into it is learned.
    learns: bool,
    /// How the file of words was when it was last looked at; `None` if it is to be looked at again.
    stamp: Option<Stamp>,
    /// Whether words may be written down: never over a file that could not be read.
    keeps_words: bool,
}

impl Engine {
    /// An engine whose suggester has just read the words of `version`.
    pub(super) fn new(
        suggester: Suggester<StreamingRnn>,
        store: ModelStore,
        version: String,
        learning: LearningScope,
        keeps_words: bool,
    ) -> Self {
        // Suggestions do not wait long for another editor's change.
        let store = store.with_patience(PATIENCE);
        let document = OpenDocument::default();
        Self { suggester, store, version, learning, document, learns: false, stamp: None, keeps_words }
    }

    fn learns_from(&self, file: Option<&Path>) -> bool {
        let personal = self.suggester.personal();
        file.is_some_and(|file| {
            std::path::absolute(file).is_ok_and(|file| self.learning.covers(&file, personal))
        })
    }

    fn stamp(&self) -> Stamp {
        let metadata = std::fs::metadata(self.store.words_file(&self.version)).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let number = 0;
        Some((metadata.modified().ok()?, metadata.len(), number))
    }

    /// Takes over the changes of other editors and commands to the words. Words that cannot be read change nothing: the error is shown
    /// when they are to be written.
    fn follow(&mut self) {
        let stamp = self.stamp();
        if self.stamp == Some(stamp) {
            return;
        }
        let typed = self.suggester.typed();
        let is_known = !typed.is_stale() && self.generation() == Some(typed.generation());
        if !is_known && let Ok(stored) = self.store.words(&self.version) {
            let _ = self.suggester.refresh(stored.as_deref());
        }
        self.stamp = Some(stamp);
    }

    /// The changes made to the file of words so far.
    fn generation(&self) -> Option<u64> {
        let mut head = [0; Personal::HEAD];
        let mut file = std::fs::File::open(self.store.words_file(&self.version)).ok()?;
        std::io::Read::read_exact(&mut file, &mut head).ok()?;
        Personal::generation_of(&head)
    }

    /// Changes the words in the store, and here.
    fn keep(
        &mut self,
        change: impl FnOnce(&mut Suggester<StreamingRnn>, Option<&[u8]>) -> Result<Option<Vec<u8>>, PersonalError>,
    ) -> Result<(), String> {
        let typed = self.suggester.typed().clone();
        let (store, version, suggester) = (&self.store, &self.version, &mut self.suggester);
        let kept = store.change_words(version, |stored| {
            let bytes = change(suggester, stored.as_deref());
            let bytes = bytes.map_err(|error| anyhow::Error::msg(unreadable(store, version, &error)))?;
            let is_written = bytes.is_some();
            Ok((bytes, is_written))
        });
        match kept {
            Ok(true) => self.suggester.is_kept(),
            Ok(false) => {}
            Err::<_, anyhow::Error>(error) => {
                self.suggester.is_not_kept(typed);
                self.stamp = None;
                return Err(format!("{error:#}"));
            }
        }
        Ok(())
    }

    fn forget(&mut self, word: &str) -> Result<(), String> {
        if !self.keeps_words {
            self.suggester.forget_here(word);
            return Ok(());
        }
        let forgotten = self.keep(|suggester, stored| suggester.forget(stored, word).map(Some));
        if forgotten.is_err() {
            self.suggester.forget_here(word);
        }
        forgotten
    }

    /// The document was saved: the learned words that its text still has are kept, the others unlearned.
    fn saved(&mut self, SavedText { document, file, text, revision }: &SavedText) -> Result<(), String> {
        if self.document.id != *document {
            return Ok(());
        }
        if self.document.file.as_ref() != Some(file) {
            self.rename(Some(file.as_path()), text);
        }
        if !self.learns || !self.keeps_words {
            return Ok(());
        }
        let Some(changes) = changed(&self.document.opened, text, LOOKED_THROUGH) else { return Ok(()) };
        self.keep(|suggester, stored| suggester.settle(stored, &changes, revision.0))
    }

    /// The text is one of `document`, which may be another than before.
    fn enter(&mut self, document: &OpenDocument, text: &Rope) {
        if self.document.id != document.id {
            self.suggester.leave_document();
            self.document = document.clone();
            self.set_learns(self.learns_from(document.file.as_deref()));
        } else if self.document.file != document.file {
            self.rename(document.file.as_deref(), text);
        }
    }

    /// The document has another file. What was typed goes with it, if both are learned from.
    fn rename(&mut self, file: Option<&Path>, text: &Rope) {
        let learns = self.learns_from(file);
        if !learns {
            self.suggester.leave_document();
        } else if !self.learns {
            self.document.opened = text.clone();
        }
        self.document.file = file.map(Path::to_path_buf);
        self.set_learns(learns);
    }

    fn set_learns(&mut self, learns: bool) {
        self.learns = learns;
        self.suggester.settings_mut().learns = learns;
    }
}

/// The text before char `cursor`, as far as a session looks back, and the byte it begins at.
fn window(text: &Rope, cursor: usize) -> (usize, String) {
    let end = text.char_to_byte(cursor);
    let first = text.byte_to_char(end.saturating_sub(WINDOW));
    (text.char_to_byte(first), text.slice(first..cursor).to_string())
}

impl Suggest for Engine {
    fn change(&mut self, change: &SuggesterChange) -> Result<(), String> {
        set(self.suggester.settings_mut(), change);
        match change {
            SuggesterChange::Forget(word) => self.forget(word),
            SuggesterChange::Saved(saved) => self.saved(saved),
            SuggesterChange::Eagerness(_) | SuggesterChange::Block(_) => Ok(()),
        }
    }

    fn suggest(&mut self, request: &CursorRequest) -> Suggestions {
        let CursorRequest { revision, text, cursor, document } = request;
        self.enter(document, text);
        self.follow();
        self.suggester.set_revision(revision.0);
        let cursor = (*cursor).min(text.len_chars());
        let (offset, before) = window(text, cursor);
        // The editor requests words only where one may be put in, also right before another.
        self.suggester.suggest_within(offset, &before, "", COUNT)
    }

    fn hidden(&mut self, text: &Rope, cursor: usize) -> Vec<f32> {
        let (offset, before) = window(text, cursor.min(text.len_chars()));
        self.suggester.hidden_within(offset, &before).to_vec()
    }

    fn hand_over(&mut self) -> Option<HandedOver> {
        self.follow();
        Some(HandedOver { document: std::mem::take(&mut self.document), typed: self.suggester.hand_over() })
    }

    fn take_over(&mut self, HandedOver { document, typed }: HandedOver) {
        let opened = document.opened.clone();
        self.enter(&document, &opened);
        if self.learns {
            self.suggester.take_over(typed);
        }
    }
}
