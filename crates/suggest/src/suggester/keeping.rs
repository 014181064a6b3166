//! What was learned, and the words file that stores it: other editors and commands change that file, too.
//!
//! Memory holds the file as it was last read, and the words of the open document that are not stored yet. Each change starts from the
//! file as it then is, so that the words of two editors add up and a word forgotten elsewhere stays forgotten.

use super::{LanguageModel, Personal, Suggester};
use crate::counts::personal_file::PersonalError;
use crate::counts::typed::{ChangedText, Typed};

impl<M: LanguageModel> Suggester<M> {
    /// From here on the text is that of `revision`.
    pub fn set_revision(&mut self, revision: u64) {
        self.typed.set_revision(revision);
    }

    /// The words typed into the open document.
    pub fn typed(&self) -> &Typed {
        &self.typed
    }

    /// Another document is opened: what was not stored of this one is unlearned.
    pub fn leave_document(&mut self) {
        self.typed.leave(&mut self.personal);
        self.learned.clear();
        self.word = None;
    }

    /// Takes out the words of the open document that are not stored yet, to go on with beside another model.
    pub fn hand_over(&mut self) -> Typed {
        self.learned.clear();
        self.typed.hand_over()
    }

    /// Learns the words that another model's suggester handed over.
    pub fn take_over(&mut self, typed: Typed) {
        self.typed.take_over(&mut self.personal, typed);
    }

    /// Learns what the file now holds, and what is not stored yet.
    ///
    /// # Errors
    /// If these are no words; what was learned stays as it was.
    pub fn refresh(&mut self, stored: Option<&[u8]>) -> Result<(), PersonalError> {
        self.read_kept(stored)?;
        self.typed.refresh(&mut self.personal);
        Ok(())
    }

    /// The words file with what was typed into the document, as far as the text as of `revision` holds it, and without what was stored of
    /// it and is gone. `changed`: where that text differs from the one that was opened. `None` if the file stays as it is. Once it is
    /// written, call [`Suggester::is_kept`]; if it cannot be, [`Suggester::is_not_kept`].
    ///
    /// # Errors
    /// If these are no words; what was learned stays as it was.
    pub fn settle(
        &mut self,
        stored: Option<&[u8]>,
        changed: &[ChangedText],
        revision: u64,
    ) -> Result<Option<Vec<u8>>, PersonalError> {
        self.read_kept(stored)?;
        let has_changed = self.typed.settle(&mut self.personal, changed, revision);
        let bytes = has_changed.then(|| {
            self.personal.begin_change();
            self.personal.to_bytes()
        });
        self.typed.count_waiting(&mut self.personal);
        Ok(bytes)
    }

    /// The words file without a word, in any case. It is forgotten here, too, until it is used again. What to call next is as for
    /// [`Suggester::settle`].
    ///
    /// # Errors
    /// If these are no words; what was learned stays as it was.
    pub fn forget(&mut self, stored: Option<&[u8]>, word: &str) -> Result<Vec<u8>, PersonalError> {
        self.read_kept(stored)?;
        self.typed.adopt(&self.personal);
        self.personal.begin_change();
        self.take_out(word, self.personal.forgotten.generation);
        let bytes = self.personal.to_bytes();
        self.typed.refresh(&mut self.personal);
        Ok(bytes)
    }

    /// Forgets a word, in any case, in memory alone.
    pub fn forget_here(&mut self, word: &str) {
        self.take_out(word, self.typed.generation());
    }

    fn take_out(&mut self, word: &str, generation: u64) {
        self.document.forget(&self.personal, word);
        self.personal.forget(word);
        self.typed.forget(word, generation);
        self.word = None;
    }

    /// The words file was written.
    pub fn is_kept(&mut self) {
        self.typed.is_kept(self.personal.forgotten.generation);
    }

    /// The words file could not be written: `typed`, as it was before, is still to be stored. What is learned is right again after the
    /// next [`Suggester::refresh`].
    pub fn is_not_kept(&mut self, typed: Typed) {
        self.typed = typed;
        self.typed.is_not_kept();
    }

    /// Brings what was learned back to what the file holds. Weights that changed since they were stored stay: they are newer.
    fn read_kept(&mut self, stored: Option<&[u8]>) -> Result<(), PersonalError> {
        self.word = None;
        let generation = stored.and_then(Personal::generation_of);
        if !self.typed.is_stale() && generation == Some(self.typed.generation()) {
            // Nobody else has changed it, and reading a large file takes long.
            self.typed.withdraw(&mut self.personal);
            return Ok(());
        }
        let weights = (self.personal.mixture.clone(), self.personal.calibration);
        match stored {
            Some(bytes) => self.personal.reread(bytes)?,
            None => self.personal.forget_all(),
        }
        let was_cleared = self.personal.forgotten.was_cleared_since(self.typed.generation());
        if !was_cleared && (self.typed.is_fresh || stored.is_none()) {
            (self.personal.mixture, self.personal.calibration) = weights;
        }
        self.typed.is_read();
        Ok(())
    }
}
