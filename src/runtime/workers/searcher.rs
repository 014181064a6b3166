//! The thread that counts the matches of a search, block by block from the cursor outwards. The latest search wins: the one
//! under way ends at its next block.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use editor::Message;
use editor::effect::CountRequest;
use editor::message::Worker as ThreadKind;
use editor::text::search::{Pattern, blocks, outwards};

/// Blocks counted between two messages.
const BATCH: usize = 32;

/// A handle on the thread; dropping it ends the thread, after the block in hand.
pub struct Searcher {
    requests: Option<Sender<CountRequest>>,
    worker: Option<JoinHandle<()>>,
}

impl Searcher {
    /// Starts the thread. Answers come on `messages`.
    pub fn start(messages: Sender<Message>) -> Self {
        let (sender, requests) = channel();
        let worker = std::thread::spawn(move || run(&requests, &messages));
        Self { requests: Some(sender), worker: Some(worker) }
    }

    /// Counts in place of whatever is being counted.
    pub fn count(&self, request: CountRequest) {
        // A thread that is gone has said so.
        let _ = self.requests.as_ref().map(|requests| requests.send(request));
    }
}

impl Drop for Searcher {
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

fn run(requests: &Receiver<CountRequest>, messages: &Sender<Message>) {
    let mut next = requests.recv().ok();
    while let Some(mut request) = next {
        while let Ok(later) = requests.try_recv() {
            request = later;
        }
        let counted = catch_unwind(AssertUnwindSafe(|| count(&request, requests, messages)));
        if counted.is_err() {
            let cause = "the count went wrong".to_owned();
            let _ = messages.send(Message::WorkerFailed { worker: ThreadKind::Searcher, cause });
        }
        next = counted.ok().flatten().or_else(|| requests.recv().ok());
    }
}

/// Counts until it is done or another request comes, which is returned.
fn count(
    request: &CountRequest,
    requests: &Receiver<CountRequest>,
    messages: &Sender<Message>,
) -> Option<CountRequest> {
    use std::sync::mpsc::TryRecvError;
    let pattern = Pattern::new(&request.query)?;
    let mut counts = Vec::new();
    let send = |counts: &mut Vec<(usize, u32)>| {
        let counts = std::mem::take(counts);
        let _ = messages.send(Message::MatchesCounted { search: request.search, counts });
    };
    for block in outwards(request.from, blocks(&request.text)) {
        match requests.try_recv() {
            Ok(later) => return Some(later),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        counts.push((block, pattern.matches(&request.text, block).len() as u32));
        if counts.len() == BATCH {
            send(&mut counts);
        }
    }
    if !counts.is_empty() {
        send(&mut counts);
    }
    None
}

#[cfg(test)]
mod tests {
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
