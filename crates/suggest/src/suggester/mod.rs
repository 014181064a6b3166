//! All of suggesting behind one call: the text before the cursor in, ranked words and perhaps a ghost out.
//!
//! A [`Suggester`] keeps what it computed about the bytes after the cursor. When the writer types one of them, the state behind it
//! becomes the live one and the search goes on from there: most letters cost one or two calls of the model.

use std::collections::BTreeSet;
use std::ops::Range;

mod allowed;
mod contractions;
mod corrections;
mod current_word;
mod explain;
mod follow;
mod forecasts;
mod ghost;
mod keeping;
mod language;
mod names;
mod phrase;
mod rank;
mod surroundings;
mod tongue;

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
use crate::words::address;
use crate::words::word::{self, is_word_char, levelled};
use model::LanguageModel;

use current_word::CurrentWord;
use forecasts::Forecasts;
use language::Language;
use rank::Place;
use surroundings::Surroundings;

/// Letters of the longest word whose list follows from the lists before it where the cursor has come there otherwise than by typing.
const LED_UP: usize = 24;

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
        self.lead_up(offset, before, count);
        let mut suggestions = self.answer(Some((offset, before)), after, &[count]).pop().unwrap_or_default();
        suggestions.reasons = self.reasons(&suggestions.prefix, &suggestions.candidates);
        suggestions
    }

    /// Makes the lists that stood before the last letter, as far as there are none: the cursor has come here otherwise than by typing.
    fn lead_up(&mut self, offset: usize, before: &str, count: usize) {
        let prefix = word::prefix(before);
        let Some((last, _)) = prefix.char_indices().next_back() else { return };
        let has_list =
            |typed: usize| self.word.as_ref().is_some_and(|word| word.list(typed, count).is_some());
        if has_list(last) || self.guard.is_silent() || prefix.chars().count() > LED_UP {
            return;
        }
        let known = prefix.char_indices().map(|(typed, _)| typed).rfind(|&typed| has_list(typed));
        let start = before.len() - prefix.len();
        for (typed, _) in prefix.char_indices().filter(|&(typed, _)| known.is_none_or(|known| typed > known))
        {
            let before = &before[..start + typed];
            self.set_context(offset, before, true);
            self.answer(Some((offset, before)), "", &[count]);
        }
        if known.is_none() {
            // Nobody has seen these lists: they are no forecasts.
            self.forecasts.clear();
        }
        self.set_context(offset, before, true);
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

    /// The cursor goes to the end of `before`, a document that was just opened: its words are known, nothing is learned from it.
    pub(crate) fn open_at(&mut self, before: &str) {
        self.set_context(0, before, false);
    }

    /// How often the best word was right, by its calibrated probability.
    pub fn reliability(&self) -> &[Reliability; Reliability::ROWS] {
        &self.forecasts.reliability
    }

    /// Counts anew what an answer costs.
    pub(crate) fn begin(&mut self) {
        self.cursor.begin_work();
    }

    /// Words for the cursor's place, without reasons: a list of at most so many words for each of `counts`. The ghost is with the last.
    /// `window`: the text before the cursor and where it begins in the document, where more of it is known than the session has.
    pub(crate) fn answer(
        &mut self,
        window: Option<(usize, &str)>,
        after: &str,
        counts: &[usize],
    ) -> Vec<Suggestions> {
        if self.guard.judged() != self.cursor.context().len() {
            self.watch("");
        }
        let start = self.word_start();
        let prefix = self.cursor.context()[start..].to_owned();
        let silence = Suggestions { prefix, ..Suggestions::default() };
        if after.starts_with(is_word_char) || self.guard.is_silent() {
            return vec![silence; counts.len()];
        }
        let prefix = &silence.prefix;
        let surroundings = self.surroundings(start, window);
        let before = word_before(self.cursor.context(), start);
        self.cursor.begin_answer();
        let word = open_word(
            &mut self.word,
            &mut self.cursor,
            &self.personal,
            &mut self.document,
            &self.settings,
            start,
        );
        let Self { settings, cursor, personal, document, guard, .. } = self;
        let level = levelled(prefix);
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
        let most = counts.iter().copied().max().unwrap_or(0);
        let (mut ranked, word_ends) = place.rank(most);
        place.spell_names(&mut ranked, word_ends);
        place.instead().add_to(&mut ranked);
        let lists: Vec<Vec<Candidate>> = counts.iter().map(|&count| place.list(&ranked, count)).collect();
        let longest = lists.last().map_or(&[][..], Vec::as_slice);
        // Beside a correction nothing is sure.
        let is_right = longest.iter().all(|candidate| candidate.word.starts_with(&*level));
        let ghost = if is_right { place.ghost(longest, word_ends) } else { None };
        if let Some(first) = longest.first().filter(|_| is_right) {
            self.forecasts.note(prefix.len(), &first.word, first.probability);
        }
        let spelled = |candidate: Candidate| {
            let completion = document.apostrophe().spell(&candidate.completion);
            let is_correction = candidate.word == candidate.completion;
            let word = if is_correction { completion.clone() } else { format!("{prefix}{completion}") };
            Candidate { word, completion, ..candidate }
        };
        let spell = |list: Vec<Candidate>| Suggestions {
            candidates: list.into_iter().map(spelled).collect(),
            complete: word_ends,
            ..silence.clone()
        };
        let mut answers: Vec<Suggestions> = lists.into_iter().map(spell).collect();
        if let Some(last) = answers.last_mut() {
            last.ghost = self.rest_of_address().or(ghost);
        }
        answers
    }

    /// What the text says about the word that begins at `start` of the context. `window` as for [`Suggester::answer`].
    fn surroundings(&mut self, start: usize, window: Option<(usize, &str)>) -> Surroundings {
        let Self { cursor, language, personal, .. } = self;
        let (anchor, context) = (cursor.session().anchor(), cursor.context());
        let is_foreign = language.is_foreign((anchor, start), context, personal, |range| cursor.bits(range));
        let context = cursor.context();
        let (from, text) = window.filter(|(from, _)| *from < anchor).unwrap_or((anchor, context));
        Surroundings::of(text, text.len() - (context.len() - start), from > 0, is_foreign)
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
    document: &mut DocumentWords,
    settings: &SuggestionSettings,
    start: usize,
) -> &'w mut CurrentWord {
    let typed = cursor.context().len() - start;
    let kept = word.take().filter(|word| word.start == start && word.typed() == typed);
    word.insert(kept.unwrap_or_else(|| {
        let (history, components) = (document.here(), settings.components);
        let foreseen = if components.words { document.foresee(personal) } else { None };
        if typed == 0 {
            let node = cursor.here();
            return CurrentWord::new(start, history, personal, document, foreseen, components, node);
        }
        let (node, steps) = cursor.read_again(start);
        let mut word = CurrentWord::new(start, history, personal, document, foreseen, components, &node);
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
