//! Where a document differs from what it was when it was opened, in time that follows the changes and not its length.
//!
//! A rope shares its leaves with the rope it was made from, but for those that an edit touched. So the leaves that both have are
//! equal without being read, and only what lies between them is looked at, with some text around it: the words before a change are
//! needed to know the history of those in it.

use std::collections::HashMap;

use ropey::Rope;

use suggest::ChangedText;

/// Bytes around a change that are read with it: many times as long as the histories of words reach back.
const AROUND: usize = 4_096;

/// The changes from `before` to `after`; `None` if they are more than `most` bytes.
pub(super) fn changed(before: &Rope, after: &Rope, most: usize) -> Option<Vec<ChangedText>> {
    let mut regions: Vec<[(usize, usize); 2]> = Vec::new();
    for region in apart(before, after) {
        match regions.last_mut() {
            // What lies between two changes is too short to part them.
            Some(last) if region[0].0 - last[0].1 < 2 * AROUND => {
                (last[0].1, last[1].1) = (region[0].1, region[1].1);
            }
            _ => regions.push(region),
        }
    }
    let ropes = [before, after];
    for region in &mut regions {
        // Both sides alike: the text around is the same.
        let ahead = region[0].0.min(AROUND);
        let behind = (before.len_bytes() - region[0].1).min(AROUND);
        for (rope, (from, to)) in ropes.iter().zip(region) {
            *from = rope.char_to_byte(rope.byte_to_char(*from - ahead));
            *to = rope.char_to_byte(rope.byte_to_char(*to + behind));
        }
    }
    let all: usize = regions.iter().flatten().map(|(from, to)| to - from).sum();
    let text = |rope: &Rope, (from, to): (usize, usize)| rope.byte_slice(from..to).to_string();
    let texts = regions
        .iter()
        .map(|region| ChangedText { before: text(before, region[0]), after: text(after, region[1]) });
    (all <= most).then(|| texts.collect())
}

/// What lies between the leaves that two ropes share: bytes from and to, in the one and in the other.
fn apart(before: &Rope, after: &Rope) -> Vec<[(usize, usize); 2]> {
    let mut places = HashMap::new();
    let mut at = 0;
    for leaf in before.chunks() {
        places.insert((leaf.as_ptr(), leaf.len()), at);
        at += leaf.len();
    }
    let (mut regions, mut seen) = (Vec::new(), [0, 0]);
    let mut now = 0;
    for leaf in after.chunks() {
        let shared = places.get(&(leaf.as_ptr(), leaf.len())).copied().filter(|&place| place >= seen[0]);
        if let Some(place) = shared {
            if [place, now] != seen {
                regions.push([(seen[0], place), (seen[1], now)]);
            }
            seen = [place + leaf.len(), now + leaf.len()];
        }
        now += leaf.len();
    }
    if [before.len_bytes(), now] != seen {
        regions.push([(seen[0], before.len_bytes()), (seen[1], now)]);
    }
    regions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_was_changed_is_read_and_not_more_than_is_wanted() {
        let before = Rope::from_str(&"Alle Wörter bleiben stehen. ".repeat(40_000));
        assert_eq!(changed(&before, &before.clone(), 0), Some(Vec::new()));
        let mut after = before.clone();
        after.insert(30, "neu ");
        after.insert(after.len_chars() - 20, "auch neu ");
        let regions = changed(&before, &after, 40_000).unwrap();
        assert_eq!(regions.len(), 2);
        assert!(regions[0].after.contains("neu Alle") || regions[0].after.contains("neu "), "{regions:?}");
        let read: usize = regions.iter().map(|region| region.before.len() + region.after.len()).sum();
        assert!(read < 40_000, "{read}");
        assert_eq!(changed(&before, &after, read - 1), None);
        assert!(changed(&before, &Rope::from_str("other"), usize::MAX).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// The rest is the same on both sides: with the changes put in place of what was, one text becomes the other.
        #[test]
        fn what_is_not_reported_is_unchanged(edits in prop::collection::vec((0.0..1.0f64, 0usize..9_000, "[aä \n]{0,40}"), 0..6)) {
            let lines = (0..2_000).map(|n| format!("{n}: Zwölf Boxkämpfer jagen Viktor über den Deich.\n"));
            let before = Rope::from_str(&lines.collect::<String>());
            let mut after = before.clone();
            for (place, removed, text) in edits {
                let from = (place * after.len_chars() as f64) as usize;
                after.remove(from..(from + removed).min(after.len_chars()));
                after.insert(from, &text);
            }
            let mut made = before.to_string();
            let mut from = 0;
            for ChangedText { before, after } in changed(&before, &after, usize::MAX).unwrap() {
                let at = from + made[from..].find(&before).unwrap();
                made.replace_range(at..at + before.len(), &after);
                from = at + after.len().saturating_sub(AROUND);
                from = made.floor_char_boundary(from);
            }
            prop_assert!(after == made.as_str());
        }
    }
}
