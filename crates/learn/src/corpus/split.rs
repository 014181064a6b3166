//! Which documents are learned from, and which the result is judged on.
//!
//! **By document**: sentences of one document are too alike; judged on the other half of what it has learned, any
//! model looks good. **The last in name order** are held out, as the documents still to be written come after those
//! that are there: dated names sort by date. Modification times would be better if they could be trusted, but copying,
//! cloning and syncing set them anew, and then the same folder would give other figures on every machine.
//!
//! From the learning share, the last tenth watches the training (early stopping) without being learned from; the
//! held-out share is looked at once, at the end.

use super::SourceText;

/// A corpus in three parts. Parts of one document keep its path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// Learned from.
    pub train: Vec<SourceText>,
    /// Measured now and then while learning, to stop in time. Empty if there is too little text.
    pub validation: Vec<SourceText>,
    /// Judged on, before and after.
    pub held_out: Vec<SourceText>,
}

/// Learning text with fewer bytes is too little to give up any for validation.
const LEAST_VALIDATED_BYTES: usize = 4_000;
/// From this many learning documents on, validation takes whole documents.
const LEAST_DOCUMENTS: usize = 5;

/// How many of `documents` documents are held out: a fifth, at least one if there are two.
///
/// A single document is split inside instead, see [`by_document`].
pub(crate) fn held_out_count(documents: usize) -> usize {
    match documents {
        0 | 1 => 0,
        n => ((n + 2) / 5).max(1),
    }
}

/// Splits documents, in the order given, as the module says. A single document gives its last fifth, cut between
/// paragraphs (else lines, else words), as the held-out one.
pub fn by_document(mut documents: Vec<SourceText>) -> Split {
    let held_out = if documents.len() == 1 {
        cut_tail(&mut documents[0], 0.2).into_iter().collect()
    } else {
        documents.split_off(documents.len() - held_out_count(documents.len()))
    };
    let validation = take_validation(&mut documents);
    Split { train: documents, validation, held_out }
}

fn take_validation(learning: &mut Vec<SourceText>) -> Vec<SourceText> {
    let bytes: usize = learning.iter().map(|document| document.text.len()).sum();
    if bytes < LEAST_VALIDATED_BYTES {
        return Vec::new();
    }
    let goal = bytes / 10;
    let count = (learning.len() / 10).max(1);
    let last: usize = learning.iter().rev().take(count).map(|document| document.text.len()).sum();
    // Whole documents, unless they are so few or so long that learning would lose too much.
    if learning.len() >= LEAST_DOCUMENTS && last <= goal * 2 {
        return learning.split_off(learning.len() - count);
    }
    let Some(longest) = learning.iter_mut().max_by_key(|document| document.text.len()) else {
        return Vec::new();
    };
    let share = goal as f64 / longest.text.len() as f64;
    cut_tail(longest, share.min(0.5)).into_iter().collect()
}

/// Cuts the last `share` (0 to 1) off a document; `None` if there is no place to cut.
fn cut_tail(document: &mut SourceText, share: f64) -> Option<SourceText> {
    let cut = cut_position(&document.text, 1.0 - share)?;
    let tail = document.with_text(document.text[cut..].trim_start().to_owned(), 0);
    *document = document.with_text(document.text[..cut].to_owned(), document.redacted);
    Some(tail)
}

/// The byte at which to cut `text` so that about `share` of it comes before: after the paragraph, else the line, else
/// the word whose end is nearest, the coarser ones only if near enough. Both sides have text.
fn cut_position(text: &str, share: f64) -> Option<usize> {
    let goal = (text.len() as f64 * share) as usize;
    let tolerance = (text.len() / 10).max(1);
    let nearest = |separator: &str| {
        text.match_indices(separator)
            .map(|(start, found)| start + found.len())
            .filter(|&cut| !text[..cut].trim().is_empty() && !text[cut..].trim().is_empty())
            .min_by_key(|cut| cut.abs_diff(goal))
    };
    ["\n\n", "\n"]
        .into_iter()
        .find_map(|separator| nearest(separator).filter(|cut| cut.abs_diff(goal) <= tolerance))
        .or_else(|| nearest(" "))
        .or_else(|| nearest("\n"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn folder(lengths: &[usize]) -> Vec<SourceText> {
        let paragraph = "Some words of mine stand here.\n\n";
        let name = |index| format!("{index:02}.txt");
        lengths
            .iter()
            .enumerate()
            .map(|(index, &length)| SourceText::new(Path::new(&name(index)), paragraph.repeat(length), 0))
            .collect()
    }

    fn names(documents: &[SourceText]) -> Vec<String> {
        documents.iter().map(|document| document.path.display().to_string()).collect()
    }

    #[test]
    fn the_last_fifth_is_held_out_and_at_least_one_of_two() {
        for (documents, held_out) in
            [(0, 0), (1, 0), (2, 1), (4, 1), (5, 1), (8, 2), (10, 2), (27, 5), (100, 20)]
        {
            assert_eq!(held_out_count(documents), held_out, "{documents}");
            if documents != 1 {
                let split = by_document(folder(&vec![1; documents]));
                assert_eq!(split.held_out.len(), held_out, "{documents}");
            }
        }
        let split = by_document(folder(&[1; 10]));
        assert_eq!(names(&split.held_out), ["08.txt", "09.txt"]);
    }

    #[test]
    fn validation_is_the_last_tenth_of_the_learning_share() {
        let split = by_document(folder(&[20; 30]));
        assert_eq!(names(&split.validation), ["22.txt", "23.txt"]);
        assert_eq!((split.train.len(), split.held_out.len()), (22, 6));
    }

    #[test]
    fn few_or_uneven_documents_give_validation_from_the_longest() {
        for lengths in [&[100, 400, 100][..], &[400, 30, 30, 30, 30, 30, 200, 1, 1]] {
            let split = by_document(folder(lengths));
            let longest = lengths.iter().position(|&length| length == 400).unwrap();
            assert_eq!(names(&split.validation), [format!("{longest:02}.txt")]);
            let part = split.validation[0].text.len() as f64;
            let learning: usize = split.train.iter().map(|document| document.text.len()).sum();
            assert!((0.08..0.13).contains(&(part / (learning as f64 + part))), "{lengths:?}");
        }
    }

    #[test]
    fn tiny_folders_give_no_validation() {
        let split = by_document(folder(&[3, 3, 3]));
        assert_eq!((split.train.len(), split.validation.len(), split.held_out.len()), (2, 0, 1));
    }

    #[test]
    fn a_single_document_is_cut_at_the_best_place_it_has() {
        let cases = [
            ("a a a a\n\nb b b b\n\nc c c c\n\nd d d d\n\ne e e e\n", "e e e e\n"),
            ("a a a a\nb b b b\nc c c c\nd d d d\ne e e e\n", "e e e e\n"),
            ("one two three four five", "five"),
        ];
        for (text, held_out) in cases {
            let split = by_document(vec![SourceText::new(Path::new("a"), text.to_owned(), 0)]);
            assert_eq!(split.held_out[0].text, held_out, "{text:?}");
            assert_eq!(split.train.len(), 1);
        }
        let unsplittable = by_document(vec![SourceText::new(Path::new("a"), "word".to_owned(), 0)]);
        assert_eq!((unsplittable.train.len(), unsplittable.held_out.len()), (1, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_word_lands_in_exactly_one_part(lengths in prop::collection::vec(1usize..200, 0..40)) {
            let documents = folder(&lengths);
            let words: usize = documents.iter().map(|document| document.words).sum();
            let split = by_document(documents);
            let parts = [&split.train, &split.validation, &split.held_out];
            let sum: usize = parts.iter().flat_map(|part| part.iter()).map(|document| document.words).sum();
            prop_assert_eq!(sum, words);
            prop_assert!(lengths.is_empty() || !split.train.is_empty());
            let held_out_whole: Vec<_> = names(&split.held_out);
            if lengths.len() > 1 {
                prop_assert!(names(&split.train).iter().all(|name| !held_out_whole.contains(name)));
            }
        }
    }
}
