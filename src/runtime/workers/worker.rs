//! A thread for work that a key asks for: one at a time, and the latest asking wins.
//!
//! A key held down asks thirty times a second. Each asking takes the place of the one that waits, so there is never more than
//! one job under way and one waiting, whatever the job costs. The thread is started by the first one.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What waits, if anything does.
struct Slot<J> {
    job: Option<J>,
    closing: bool,
}

struct Mailbox<J> {
    slot: Mutex<Slot<J>>,
    changed: Condvar,
}

impl<J> Mailbox<J> {
    fn slot(&self) -> MutexGuard<'_, Slot<J>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; `None` when closing.
    fn take(&self) -> Option<J> {
        let mut slot = self.slot();
        loop {
            if slot.closing {
                return None;
            }
            if let Some(job) = slot.job.take() {
                return Some(job);
            }
            slot = self.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Tells a job under way whether it is still wanted.
pub struct Wanted<J>(Arc<Mailbox<J>>);

impl<J> Wanted<J> {
    /// Whether no later job waits, and somebody is there to be told.
    pub fn is_wanted(&self) -> bool {
        let slot = self.0.slot();
        !slot.closing && slot.job.is_none()
    }
}

/// What is done with a job.
type Work<J> = Box<dyn FnMut(J, &Wanted<J>) + Send>;

/// A handle on the thread; dropping it ends the thread after the job in hand, without waiting for it.
pub struct Worker<J> {
    name: &'static str,
    mailbox: Arc<Mailbox<J>>,
    /// What the thread is to do, until it is started.
    work: Option<Work<J>>,
}

impl<J> std::fmt::Debug for Worker<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<J: Send + 'static> Worker<J> {
    /// A thread `name` that will do `work` with each job it takes. `work` catches its own panics: one would end the thread.
    pub fn new(name: &'static str, work: impl FnMut(J, &Wanted<J>) + Send + 'static) -> Self {
        let slot = Mutex::new(Slot { job: None, closing: false });
        let mailbox = Arc::new(Mailbox { slot, changed: Condvar::new() });
        Self { name, mailbox, work: Some(Box::new(work)) }
    }

    /// Gives it a job, in place of one that was not begun.
    ///
    /// # Errors
    /// When no thread can be started. A later call may try again only with another worker.
    pub fn put(&mut self, job: J) -> io::Result<()> {
        self.mailbox.slot().job = Some(job);
        self.mailbox.changed.notify_one();
        let Some(mut work) = self.work.take() else { return Ok(()) };
        let wanted = Wanted(Arc::clone(&self.mailbox));
        let run = move || {
            while let Some(job) = wanted.0.take() {
                work(job, &wanted);
            }
        };
        std::thread::Builder::new().name(self.name.to_owned()).spawn(run).map(drop)
    }
}

impl<J> Drop for Worker<J> {
    fn drop(&mut self) {
        self.mailbox.slot().closing = true;
        self.mailbox.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    #[test]
    fn a_key_held_down_makes_two_jobs_on_one_thread() {
        let (done, results) = channel();
        let (leave, leave_receiver): (_, Receiver<()>) = channel();
        let mut worker = Worker::new("test", move |job: u32, wanted: &Wanted<u32>| {
            let before = wanted.is_wanted();
            done.send((job, before, None)).unwrap();
            let _ = leave_receiver.recv();
            done.send((job, before, Some((wanted.is_wanted(), std::thread::current().id())))).unwrap();
        });
        worker.put(0).unwrap();
        assert_eq!(results.recv().unwrap(), (0, true, None));
        for job in 1..=100 {
            worker.put(job).unwrap();
        }
        leave.send(()).unwrap();
        let (job, _, Some((wanted, first))) = results.recv().unwrap() else { panic!("the first is done") };
        assert_eq!((job, wanted), (0, false), "a later one waits");
        assert_eq!(results.recv().unwrap(), (100, true, None));
        leave.send(()).unwrap();
        let (job, _, Some((wanted, second))) = results.recv().unwrap() else { panic!("the last is done") };
        assert_eq!((job, wanted, first == second), (100, true, true));
        worker.put(101).unwrap();
        results.recv().unwrap();
        drop(worker);
        leave.send(()).unwrap();
        let (_, _, Some((wanted, _))) = results.recv().unwrap() else {
            panic!("the job in hand is finished")
        };
        assert!(!wanted, "nobody is there any more");
        assert!(results.recv().is_err(), "the thread has ended");
    }
}
