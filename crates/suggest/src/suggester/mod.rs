//! All of suggesting behind one call: the text before the cursor in, ranked words and perhaps a ghost out.
//!
//! A [`Suggester`] keeps what it computed about the bytes after the cursor. When the writer types one of them, the state behind it
//! becomes the live one and the search goes on from there: most letters cost one or two calls of the model.

use std::collections::BTreeSet;
use std::ops::Range;

mod allowed;
mod corrections;
mod current_word;
mod explain;
mod follow;
mod forecasts;
mod keeping;
mod language;
mod phrase;
mod rank;
mod surroundings;

use crate::counts::document_words::DocumentWords;
use crate::counts::personal::Personal;
use crate::counts::typed::Typed;
use crate::guard::{Guard, word_before};
use crate::mixture::calibration::Reliability;
use crate::mixture::expert::Components;
use crate::mixture::weights::Observed;
use crate::network::cursor::Cursor;
use crate::network::lookahead::Work;
use crate::network::search::Budget;
use crate::network::session::{Limits, Session};
use crate::offer::candidate::{Candidate, Ghost, Suggestions};
use crate::offer::gate::Gate;
use crate::offer::passed_over::{PassedOver, Ranked};
use crate::words::address;
use crate::words::word::{self, is_word_char, levelled};
use model::LanguageModel;

use current_word::CurrentWord;
use forecasts::Forecasts;
use language::Language;
use rank::Place;
use surroundings::Surroundings;

/// How to suggest.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestionSettings {
    /// When a ghost is shown.
    pub gate: Gate,
    /// Most words a ghost may have; 1 for no phrases.
    pub phrase_words: usize,
    /// Words never to be offered, [`folded`](crate::word::folded); they are left out in any case.
    pub never_offer: BTreeSet<String>,
    /// Whether a word is offered when only its last letter is missing. As ghost text it never is.
    pub single_letters: bool,
    /// What one search may cost.
    pub budget: Budget,
    /// How far the context is read and remembered.
    pub limits: Limits,
    /// Whether words passed over sink, for the rest of the word.
    pub sink_passed_over: bool,
    /// Which experts are mixed.
    pub components: Components,
    /// Whether finished words enter the personal counts, and the mixture's weights follow them.
    pub learns: bool,
}

impl Default for SuggestionSettings {
    fn default() -> Self {
        Self {
            gate: Gate::default(),
            phrase_words: 4,
            never_offer: BTreeSet::new(),
            single_letters: true,
            budget: Budget::default(),
            limits: Limits::default(),
            sink_passed_over: true,
            components: Components::ALL,
            learns: true,
        }
    }
}

/// A word that was learned from the context.
#[derive(Debug, Clone)]
struct LearnedHere {
    /// Position of the character that finished it.
    finished: usize,
    /// Where it stands.
    range: Range<usize>,
    word: String,
    /// Its number in [`Typed`].
    id: u64,
}

/// Suggestions for one document.
#[derive(Clone)]
pub struct Suggester<M: LanguageModel> {
    settings: SuggestionSettings,
    /// The LSTM, in step with the text.
    cursor: Cursor<M>,
    /// What was learned from the writer.
    personal: Personal,
    /// The words of the cursor's context.
    document: DocumentWords,
    /// The secrets of the cursor's context.
    guard: Guard,
    /// The word at the cursor, once it was looked at.
    word: Option<CurrentWord>,
    passed_over: PassedOver,
    forecasts: Forecasts,
    language: Language,
    /// What was learned in this document.
    typed: Typed,
    /// The same by their places in the context, so that they are taken back with the text.
    learned: Vec<LearnedHere>,
    /// What the mixture's weights can be fitted to, while it is collected.
    observed: Option<Vec<Observed>>,
}

impl<M: LanguageModel> Suggester<M> {
    /// Suggestions by `model` for an empty document; nothing was learned from the writer.
    pub fn new(model: M, settings: SuggestionSettings) -> Self {
        Self::with_personal(model, Personal::default(), settings)
    }

    /// Suggestions by `model` and by what was learned from the writer.
    pub fn with_personal(model: M, personal: Personal, settings: SuggestionSettings) -> Self {
        Self {
            cursor: Cursor::new(model, settings.limits),
            typed: Typed::beside(personal.forgotten.generation),
            settings,
            personal,
            document: DocumentWords::default(),
            guard: Guard::default(),
            word: None,
            passed_over: PassedOver::default(),
            forecasts: Forecasts::default(),
            language: Language::default(),
            learned: Vec::new(),
            observed: None,
        }
    }

    /// At most `count` words for the cursor between `before` and `after`, where `before` is all of the document up to the cursor.
    pub fn suggest(&mut self, before: &str, after: &str, count: usize) -> Suggestions {
        self.suggest_within(0, before, after, count)
    }

    /// As [`Suggester::suggest`], where `before` is only a window that begins at byte `offset` of the document. It should be some
    /// kilobytes long; what stands before it is taken to be unchanged since it was last in the window.
    pub fn suggest_within(&mut self, offset: usize, before: &str, after: &str, count: usize) -> Suggestions {
        self.begin();
        self.set_context(offset, before, true);
        let mut passed_over = std::mem::take(&mut self.passed_over);
        let mut suggestions = self.answer(after, count, &mut passed_over);
        self.passed_over = passed_over;
        suggestions.reasons = self.reasons(&suggestions.prefix, &suggestions.candidates);
        suggestions
    }

    /// The model's hidden values at the end of `before`, a window as for [`Suggester::suggest_within`]: `[hidden]`. Costs
    /// nothing more right after suggestions for the same place.
    pub fn hidden_within(&mut self, offset: usize, before: &str) -> &[f32] {
        self.begin();
        self.set_context(offset, before, false);
        self.cursor.model().hidden(self.cursor.session().state())
    }

    /// The model in use.
    pub fn model(&self) -> &M {
        self.cursor.model()
    }

    /// What was learned from the writer.
    pub fn personal(&self) -> &Personal {
        &self.personal
    }

    /// The settings, to be changed at will.
    pub fn settings_mut(&mut self) -> &mut SuggestionSettings {
        &mut self.settings
    }

    /// The live state and its context.
    pub fn session(&self) -> &Session<M> {
        self.cursor.session()
    }

    /// What the last answer cost.
    pub fn work(&self) -> Work {
        self.cursor.work()
    }

    /// Forgets the document, as if it were empty.
    pub fn restart(&mut self) {
        self.cursor.restart(self.settings.limits);
        self.document = DocumentWords::default();
        self.guard = Guard::default();
        self.word = None;
        self.typed.restart();
        self.learned.clear();
        self.forecasts.clear();
        self.language.leave();
    }

    /// How often the best word was right, by its calibrated probability.
    pub fn reliability(&self) -> &[Reliability; Reliability::ROWS] {
        &self.forecasts.reliability
    }

    /// Counts anew what an answer costs.
    pub(crate) fn begin(&mut self) {
        self.cursor.begin_work();
    }

    /// Words for the cursor's place, without reasons. `passed_over`: what this reader was offered before.
    pub(crate) fn answer(&mut self, after: &str, count: usize, passed_over: &mut PassedOver) -> Suggestions {
        if self.guard.judged() != self.cursor.context().len() {
            self.watch("");
        }
        let start = self.word_start();
        let prefix = self.cursor.context()[start..].to_owned();
        if after.starts_with(is_word_char) || self.guard.is_silent() {
            return Suggestions { prefix, ..Suggestions::default() };
        }
        if self.settings.sink_passed_over {
            passed_over.follow(self.cursor.session().anchor() + start, &prefix);
        }
        let before = word_before(self.cursor.context(), start);
        let surroundings = self.surroundings(start);
        let word = open_word(
            &mut self.word,
            &mut self.cursor,
            &self.personal,
            &self.document,
            &self.settings,
            start,
        );
        let Self { settings, cursor, personal, document, guard, .. } = self;
        let level = levelled(&prefix);
        let surroundings = &surroundings;
        let mut place = Place {
            settings,
            cursor,
            word,
            personal,
            document,
            guard,
            prefix: &level,
            before: &before,
            surroundings,
        };
        let (mut candidates, word_ends) = place.rank(count + passed_over.len());
        for candidate in &mut candidates {
            candidate.completion = document.apostrophe().spell(&candidate.completion);
            candidate.word = format!("{prefix}{}", candidate.completion);
        }
        let instead = place.instead();
        let Ranked { mut candidates, best } = passed_over.rank(candidates, count);
        let ghost = best.as_ref().and_then(|(best, stated)| {
            let first = levelled(&best.word);
            self.forecasts.note(prefix.len(), &first, *stated);
            let confidence = place.personal.calibration.apply(*stated);
            let shows = place.settings.gate.shows(best, confidence, word_ends)
                && instead.is_empty()
                && address::typed(place.cursor.context()).is_none();
            let ghost = Ghost { text: best.completion.clone(), confidence, is_stem: false };
            shows.then(|| place.extend(ghost, &first))
        });
        instead.into_list(&mut candidates, count);
        passed_over.show(best.as_ref().filter(|_| ghost.is_some()).map(|(best, _)| best.word.as_str()));
        Suggestions { prefix, candidates, reasons: Vec::new(), ghost: self.rest_of_address().or(ghost) }
    }

    /// What the text says about the word that begins at `start` of the context.
    fn surroundings(&mut self, start: usize) -> Surroundings {
        let Self { cursor, language, personal, .. } = self;
        let (place, context) = ((cursor.session().anchor(), start), cursor.context());
        let is_foreign = language.is_foreign(place, context, personal, |range| cursor.bits(range));
        Surroundings::of(context, start, is_foreign)
    }

    /// The rest of the address at the cursor as it went on before in the document, if that is likely enough to be shown.
    fn rest_of_address(&self) -> Option<Ghost> {
        let context = self.cursor.context();
        let typed = address::typed(context)?;
        let (text, confidence) = address::rest(context, typed)?;
        let whole = format!("{typed}{text}");
        let shows = confidence >= self.settings.gate.threshold() && !self.guard.is_in(&whole);
        shows.then_some(Ghost { text, confidence, is_stem: false })
    }

    /// Where the word at the cursor begins in the context.
    fn word_start(&self) -> usize {
        let context = self.cursor.context();
        context.len() - word::prefix(context).len()
    }
}

/// The word that begins at `start` of the context, with all that is typed of it; it is kept in `word`.
fn open_word<'w, M: LanguageModel>(
    word: &'w mut Option<CurrentWord>,
    cursor: &mut Cursor<M>,
    personal: &Personal,
    document: &DocumentWords,
    settings: &SuggestionSettings,
    start: usize,
) -> &'w mut CurrentWord {
    let typed = cursor.context().len() - start;
    let kept = word.take().filter(|word| word.start == start && word.typed() == typed);
    word.insert(kept.unwrap_or_else(|| {
        let history = document.here();
        let components = settings.components;
        if typed == 0 {
            return CurrentWord::new(start, history, personal, document, components, cursor.here());
        }
        let (node, steps) = cursor.read_again(start);
        let mut word = CurrentWord::new(start, history, personal, document, components, &node);
        for (c, log_prob) in steps {
            word.step(c, log_prob);
        }
        word
    }))
}

#[cfg(test)]
mod secret_tests;
#[cfg(test)]
mod tests;
