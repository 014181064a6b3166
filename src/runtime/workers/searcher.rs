//! The thread that counts the matches of a search, block by block from the cursor outwards. The latest search wins: the one
//! under way ends at its next block.

use std::sync::mpsc::Sender;

use crate::runtime::workers::worker::{AtEnd, Latest, Wanted, Worker};
use editor::Message;
use editor::effect::CountRequest;
use editor::message::ThreadKind;
use editor::text::search::{Pattern, blocks, outwards};

/// Blocks counted between two messages.
const BATCH: usize = 32;

/// Counts on a thread of its own; dropping it ends the thread, after the block in hand.
#[derive(Debug)]
pub struct Searcher {
    worker: Worker<Latest<CountRequest>>,
    messages: Sender<Message>,
}

impl Searcher {
    /// Answers come on `messages`.
    pub fn start(messages: Sender<Message>) -> Self {
        let (counts, failures) = (messages.clone(), messages.clone());
        let work = move |request: &CountRequest, wanted: &Wanted<_>| count(request, wanted, &counts);
        let failed = move |_: &CountRequest, _: &Wanted<_>, _: &str| {
            fail("the count went wrong".to_owned(), &failures);
        };
        Self { worker: Worker::new("searcher", AtEnd::Join, work, failed), messages }
    }

    /// Counts in place of whatever is being counted.
    pub fn count(&self, request: CountRequest) {
        if let Err(cause) = self.worker.put(request) {
            fail(format!("no thread could be started: {cause}"), &self.messages);
        }
    }
}

fn fail(cause: String, messages: &Sender<Message>) {
    let _ = messages.send(Message::WorkerFailed { worker: ThreadKind::Searcher, cause });
}

/// Counts until it is done or no longer wanted.
fn count(request: &CountRequest, wanted: &Wanted<Latest<CountRequest>>, messages: &Sender<Message>) {
    let Some(pattern) = Pattern::new(&request.query) else { return };
    let mut counts = Vec::new();
    let send = |counts: &mut Vec<(usize, u32)>| {
        let counts = std::mem::take(counts);
        let _ = messages.send(Message::MatchesCounted { search: request.search, counts });
    };
    for block in outwards(request.from, blocks(&request.text)) {
        if !wanted.is_wanted() {
            return;
        }
        counts.push((block, pattern.matches(&request.text, block).len() as u32));
        if counts.len() == BATCH {
            send(&mut counts);
        }
    }
    if !counts.is_empty() {
        send(&mut counts);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use ropey::Rope;

    use super::*;

    fn request(search: u64, text: &str, query: &str, from: usize) -> CountRequest {
        CountRequest { search, text: Rope::from_str(text), query: query.to_owned(), from }
    }

    /// Every count of a search, until all blocks are counted.
    fn all(messages: &Receiver<Message>, search: u64, blocks: usize) -> Vec<(usize, u32)> {
        let mut all = Vec::new();
        while all.len() < blocks {
            match messages.recv().unwrap() {
                Message::MatchesCounted { search: of, counts } if of == search => all.extend(counts),
                Message::MatchesCounted { search: of, .. } => assert!(of < search),
                other => panic!("{other:?}"),
            }
        }
        all
    }

    #[test]
    fn all_blocks_are_counted_from_the_cursor_outwards() {
        let text = "one two three\n".repeat(200_000);
        let (sender, messages) = channel();
        let searcher = Searcher::start(sender);
        let asked = request(1, &text, "two", 40);
        let count = blocks(&asked.text);
        searcher.count(asked);
        let counts = all(&messages, 1, count);
        assert_eq!(counts.iter().map(|(block, _)| *block).take(3).collect::<Vec<_>>(), [40, 41, 39]);
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u32>(), 200_000);
    }

    #[test]
    fn the_latest_search_wins() {
        let text = "abc ".repeat(500_000);
        let (sender, messages) = channel();
        let searcher = Searcher::start(sender);
        for search in 1..=20 {
            searcher.count(request(search, &text, "b", 0));
        }
        let counts = all(&messages, 20, text.len().div_ceil(editor::text::search::BLOCK));
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u32>(), 500_000);
        drop(searcher);
        assert_eq!(messages.try_iter().count(), 0, "nothing is counted after the last");
    }
}
