//! The strip's columns: laid out once for an answer, so that nothing moves until the next one, and from answer to answer a
//! word that stays keeps its column.
//!
//! ```text
//! ▸1 could 24%     2 come 13%      3 communication 9%       4 can 4%      5 case 2%
//! ```
//!
//! As long as a word is typed, a place keeps its column unless a long word before it, new on the strip, needs the room.

use suggest::Candidate;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::display::display;

/// Most words in the strip.
pub(crate) const MOST_CELLS: usize = 5;
/// Columns that a cell has at least on average, where there is more than one or two.
const LEAST_CELL: usize = 12;
/// Columns of each of two cells in a narrow window.
const LEAST_OF_TWO: usize = 10;
/// Columns from one cell to the next at most, where no word needs more.
const WIDEST_CELL: usize = 20;
/// Columns before the word in a cell: the mark, the digit, a blank.
const BEFORE_WORD: usize = 3;

/// A word of the strip as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripWord {
    /// The word, printable; with an arrow before it if it is a correction.
    pub text: String,
    /// How likely it is.
    pub percent: String,
    /// Whether it takes the place of what is typed.
    pub is_correction: bool,
    /// Where it stands; `None` where there is no room for it.
    pub place: Option<Place>,
}

/// Where a word of the strip stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The first column of its cell.
    pub column: usize,
    /// Whether how likely it is stands behind it.
    pub has_percent: bool,
}

/// The words of an answer in a row of some width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strip {
    /// Columns of the row.
    pub width: usize,
    /// A word for each candidate.
    pub words: Vec<StripWord>,
}

impl StripWord {
    fn new(candidate: &Candidate, prefix: &str) -> Self {
        let is_correction = is_correction(candidate, prefix);
        let word: String = candidate.word.graphemes(true).map(display).collect();
        let text = if is_correction { format!("→{word}") } else { word };
        let percent = format!("{}%", (candidate.probability.clamp(0.0, 1.0) * 100.0).round());
        Self { text, percent, is_correction, place: None }
    }

    /// Columns that its cell needs.
    pub(crate) fn columns(&self, has_percent: bool) -> usize {
        let percent = if has_percent { 1 + self.percent.len() } else { 0 };
        BEFORE_WORD + self.text.width() + percent
    }
}

impl Strip {
    /// The words of an answer in `width` columns, from the left. What stood there `before` keeps its column; for new words the
    /// columns are those of before, as far as there is room, if the same `word_goes_on`.
    pub(crate) fn new(
        candidates: &[Candidate],
        prefix: &str,
        width: usize,
        before: Option<&Self>,
        word_goes_on: bool,
    ) -> Self {
        let words = candidates.iter().take(MOST_CELLS).map(|candidate| StripWord::new(candidate, prefix));
        let mut strip = Self { width, words: words.collect() };
        let before = before.filter(|before| before.width == width);
        let old = |index: usize| before.and_then(|before| before.words.get(index));
        let place_of_old = |index: usize| old(index).and_then(|word| word.place);
        let stays = |index: usize| old(index).is_some_and(|word| word.text == strip.words[index].text);
        let pins: Vec<_> =
            (0..strip.words.len()).map(|index| place_of_old(index).filter(|_| stays(index))).collect();
        let wanted: Vec<_> = (0..strip.words.len())
            .map(|index| place_of_old(index).filter(|_| word_goes_on).map(|place| place.column))
            .collect();
        // A new first word that has no room beside those that stay is worth more than their columns.
        let free = vec![None; strip.words.len()];
        let places =
            best(&strip, &pins, &wanted).or_else(|| best(&strip, &free, &wanted)).unwrap_or_default();
        for (word, place) in strip.words.iter_mut().zip(places) {
            word.place = place;
        }
        strip
    }

    /// Whether it was laid out for these candidates in a row of this width.
    pub(crate) fn is_of(&self, candidates: &[Candidate], width: usize) -> bool {
        let word = |word: &StripWord| word.text.trim_start_matches('→').to_owned();
        let printed = |candidate: &Candidate| candidate.word.graphemes(true).map(display).collect::<String>();
        self.width == width && self.words.iter().map(word).eq(candidates.iter().take(MOST_CELLS).map(printed))
    }

    /// How many words may stand in it.
    fn most(&self) -> usize {
        (self.width / LEAST_CELL).max((self.width / LEAST_OF_TWO).min(2)).clamp(1, MOST_CELLS)
    }
}

/// Whether `candidate` takes the place of the `prefix` that is typed.
pub(crate) fn is_correction(candidate: &Candidate, prefix: &str) -> bool {
    !prefix.is_empty() && candidate.completion == candidate.word && !candidate.word.starts_with(prefix)
}

/// What is drawn of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Word,
    All,
}

/// The best places: the first words come first, then what was on show of those that stay, then as many probabilities as have
/// room. `None` if the first word cannot stand beside those that stay.
fn best(strip: &Strip, pins: &[Option<Place>], wanted: &[Option<usize>]) -> Option<Vec<Option<Place>>> {
    let count = strip.words.len();
    let mut best = None;
    let too_wide = strip.words.first().is_some_and(|word| word.columns(false) > strip.width);
    for choice in 0..3_usize.pow(count as u32) {
        let digit = |index: usize| choice / 3_usize.pow((count - 1 - index) as u32) % 3;
        let parts: Vec<Part> =
            (0..count).map(|index| [Part::Nothing, Part::Word, Part::All][digit(index)]).collect();
        let is_shown = |index: usize| parts[index] != Part::Nothing;
        let is_complete = (0..count).all(|index| is_shown(index) || pins[index].is_none());
        let has_first = count == 0 || is_shown(0) || too_wide;
        if !is_complete || !has_first || (0..count).filter(|&index| is_shown(index)).count() > strip.most() {
            continue;
        }
        let Some(places) = places(strip, &parts, pins, wanted) else { continue };
        let words: Vec<bool> = (0..count).map(is_shown).collect();
        let percents: Vec<bool> = parts.iter().map(|&part| part == Part::All).collect();
        let had = |index: usize| pins[index].is_some_and(|pin| pin.has_percent);
        let kept = (0..count).filter(|&index| percents[index] && had(index)).count();
        let all = percents.iter().filter(|&&percent| percent).count();
        let worth = (words, kept, all, percents);
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, places));
        }
    }
    best.map(|(_, places)| places)
}

/// The columns of the parts that are drawn, a blank between two cells; `None` if there is no room for them.
fn places(
    strip: &Strip,
    parts: &[Part],
    pins: &[Option<Place>],
    wanted: &[Option<usize>],
) -> Option<Vec<Option<Place>>> {
    let step = (strip.width / strip.most()).min(WIDEST_CELL);
    let columns = |index: usize| match parts[index] {
        Part::Nothing => None,
        part => Some(strip.words[index].columns(part == Part::All)),
    };
    // The last column at which each can begin, with room for those behind it.
    let mut last = vec![0; parts.len()];
    let mut end = strip.width + 1;
    for index in (0..parts.len()).rev() {
        let Some(columns) = columns(index) else { continue };
        let latest = end.checked_sub(columns + 1)?;
        last[index] = pins[index].map_or(latest, |pin| pin.column);
        if last[index] > latest {
            return None;
        }
        end = last[index];
    }
    let mut places = vec![None; parts.len()];
    let (mut free, mut shown) = (0, 0);
    for index in 0..parts.len() {
        let Some(columns) = columns(index) else { continue };
        if free > last[index] {
            return None;
        }
        let column = match pins[index] {
            Some(pin) => pin.column,
            None => wanted[index].unwrap_or(shown * step).clamp(free, last[index]),
        };
        places[index] = Some(Place { column, has_percent: parts[index] == Part::All });
        free = column + columns + 1;
        shown += 1;
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidates(words: &[(&str, f32)]) -> Vec<Candidate> {
        let candidate = |&(word, probability): &(&str, f32)| Candidate {
            word: word.to_owned(),
            completion: word.to_owned(),
            probability,
        };
        words.iter().map(candidate).collect()
    }

    /// The row as it is drawn, without its marks.
    fn row(strip: &Strip) -> String {
        let shown =
            strip.words.iter().enumerate().filter_map(|(index, word)| Some((index, word, word.place?)));
        shown.fold(String::new(), |row, (index, word, place)| {
            let gap = " ".repeat(place.column - row.width());
            let percent = if place.has_percent { format!(" {}", word.percent) } else { String::new() };
            format!("{row}{gap} {} {}{percent}", index + 1, word.text)
        })
    }

    #[test]
    fn long_words_have_room_and_their_probability_where_the_row_has_it() {
        let long =
            [("in", 0.4), ("internationalisation", 0.3), ("internal", 0.1), ("into", 0.1), ("it", 0.05)];
        let longer =
            [("understanding", 0.4), ("underestimated", 0.3), ("undergraduate", 0.1), ("underneath", 0.1)];
        let short = [("you", 0.46), ("your", 0.21), ("yesterday", 0.05), ("young", 0.02), ("yet", 0.01)];
        // In a narrow row a word comes before the probability of another.
        for (words, width, expected) in [
            (&short[..], 80, " 1 you 46%       2 your 21%      3 yesterday 5%  4 young 2%      5 yet 1%"),
            (&long, 80, " 1 in 40%        2 internationalisation 30%  3 internal 10%  4 into 10%  5 it 5%"),
            (&longer, 80, " 1 understanding 40%  2 underestimated 30%  3 undergraduate 10%  4 underneath"),
            (&long, 40, " 1 in     2 internationalisation  4 into"),
            (&longer, 40, " 1 understanding 40%  2 underestimated"),
            (&short, 40, " 1 you 46%    2 your 21%  3 yesterday 5%"),
            (&short, 20, " 1 you 46%  2 your"),
            (&longer, 20, " 1 understanding 40%"),
            (&longer, 12, ""),
        ] {
            let strip = Strip::new(&candidates(words), "", width, None, false);
            assert_eq!(row(&strip), expected, "{width}");
            assert!(strip.is_of(&candidates(words), width) && !strip.is_of(&candidates(words), width + 1));
        }
    }

    #[test]
    fn a_word_that_stays_keeps_its_column_and_a_new_one_fits_in_between() {
        let first = Strip::new(
            &candidates(&[("can", 0.3), ("could", 0.2), ("come", 0.1), ("case", 0.1), ("call", 0.05)]),
            "c",
            80,
            None,
            false,
        );
        let next = candidates(&[
            ("come", 0.4),
            ("could", 0.2),
            ("communication", 0.1),
            ("company", 0.1),
            ("cost", 0.05),
        ]);
        let second = Strip::new(&next, "co", 80, Some(&first), true);
        assert_eq!(row(&first), " 1 can 30%       2 could 20%     3 come 10%      4 case 10%      5 call 5%");
        assert_eq!(
            row(&second),
            " 1 come 40%      2 could 20%     3 communication 10%  4 company 10%  5 cost 5%"
        );
        // The columns of this word stay when shorter words come.
        let third =
            candidates(&[("come", 0.4), ("could", 0.2), ("cone", 0.1), ("cook", 0.1), ("cost", 0.05)]);
        let columns = |strip: &Strip| -> Vec<_> {
            strip.words.iter().map(|word| word.place.map(|place| place.column)).collect()
        };
        assert_eq!(columns(&Strip::new(&third, "co", 80, Some(&second), true)), columns(&second));
        // A first word without room has it all the same.
        let fourth = candidates(&[("counterintelligence", 0.9), ("could", 0.05)]);
        assert_eq!(
            row(&Strip::new(&fourth, "co", 80, Some(&second), true)),
            " 1 counterintelligence 90%  2 could 5%"
        );
    }

    fn any_list() -> impl Strategy<Value = Vec<Candidate>> {
        let word = prop::sample::select(vec![
            "a",
            "an",
            "word",
            "letters",
            "yesterday",
            "communication",
            "글자",
            "counterintelligence",
        ]);
        prop::collection::vec((word, 0.01..1.0_f32), 0..6).prop_map(|list| candidates(&list))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn nothing_overlaps_and_nothing_jumps(
            width in prop::sample::select(vec![10_usize, 20, 40, 60, 80, 120]),
            lists in prop::collection::vec((any_list(), any::<bool>()), 1..6),
        ) {
            let mut before: Option<Strip> = None;
            for (list, word_goes_on) in lists {
                let strip = Strip::new(&list, "", width, before.as_ref(), word_goes_on);
                let mut free = 0;
                for word in &strip.words {
                    let Some(place) = word.place else { continue };
                    prop_assert!(place.column >= free, "{strip:?}");
                    free = place.column + word.columns(place.has_percent) + 1;
                }
                prop_assert!(free <= width + 1, "{strip:?}");
                let needed: usize = strip.words.iter().map(|word| word.columns(true) + 1).sum();
                let alone = before.as_ref().is_none_or(|before| {
                    before.words.iter().zip(&strip.words).all(|(old, new)| old.text != new.text || old.place.is_none())
                });
                if alone && needed <= width + 1 && strip.words.len() <= strip.most() {
                    let is_whole = |word: &StripWord| word.place.is_some_and(|place| place.has_percent);
                    prop_assert!(strip.words.iter().all(is_whole), "room for all: {strip:?}");
                }
                if let Some(before) = &before {
                    let stayed: Vec<_> = (before.words.iter().zip(&strip.words))
                        .filter(|(old, new)| old.text == new.text && old.place.is_some())
                        .map(|(old, new)| (old.place.map(|place| place.column), new.place.map(|place| place.column)))
                        .collect();
                    // Only a first word that is new may move them.
                    let first_is_new = before.words.first().map(|word| &word.text) != strip.words.first().map(|word| &word.text);
                    prop_assert!(first_is_new || stayed.iter().all(|(old, new)| old == new), "{before:?} {strip:?}");
                }
                let again = Strip::new(&list, "", width, Some(&strip), true);
                prop_assert_eq!(&again, &strip, "the same list stands as it stood");
                before = Some(strip);
            }
        }
    }
}
