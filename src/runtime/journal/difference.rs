//! The difference of two texts, where no edit describes it.

use ropey::Rope;

/// The edit that turns `old` into `new`: the place, the chars removed, the text inserted. Ropes of which one was made
/// from the other share most of their chunks, so whole chunks are compared first.
pub(super) fn difference(old: &Rope, new: &Rope) -> Option<(usize, usize, String)> {
    let (old_end, new_end) = (old.len_bytes(), new.len_bytes());
    let front = same_chunks(old.chunks(), new.chunks());
    let (old_back, new_back) = (old.chunks_at_byte(old_end).0, new.chunks_at_byte(new_end).0);
    let back = same_chunks(old_back.reversed(), new_back.reversed());
    let (front, back) = (old.byte_to_char(front), old.len_chars() - old.byte_to_char(old_end - back));

    let shorter = old.len_chars().min(new.len_chars());
    let more = old.chars_at(front).zip(new.chars_at(front)).take_while(|(a, b)| a == b).count();
    let same = front + more;
    let back = back.min(shorter - same);
    let (old_rest, new_rest) = (old.len_chars() - back, new.len_chars() - back);
    let ends = old.chars_at(old_rest).reversed().zip(new.chars_at(new_rest).reversed());
    let behind = back + ends.take(shorter - same - back).take_while(|(a, b)| a == b).count();
    let (cut, added) = (old.len_chars() - same - behind, new.len_chars() - same - behind);
    (cut + added > 0).then(|| (same, cut, new.slice(same..same + added).to_string()))
}

/// Bytes of the chunks that are the same, up to the first that are not.
fn same_chunks<'a>(one: impl Iterator<Item = &'a str>, other: impl Iterator<Item = &'a str>) -> usize {
    one.zip(other).take_while(|(a, b)| std::ptr::eq(*a, *b) || a == b).map(|(chunk, _)| chunk.len()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_difference_leads_from_one_text_to_the_other(
            text in "[aé]{0,30}", long in any::<bool>(), cuts in prop::collection::vec((0usize..3000, 0usize..20, "[aé]{0,5}"), 0..3)
        ) {
            let mut old = Rope::from_str(&text.repeat(if long { 100 } else { 1 }));
            let mut new = old.clone();
            for (at, cut, add) in cuts {
                let at = at.min(new.len_chars());
                new.remove(at..(at + cut).min(new.len_chars()));
                new.insert(at, &add);
            }
            match difference(&old, &new) {
                None => prop_assert_eq!(&old, &new),
                Some((at, cut, add)) => {
                    old.remove(at..at + cut);
                    old.insert(at, &add);
                    prop_assert_eq!(&old, &new);
                }
            }
        }
    }
}
