//! A thread with its mailbox: one job at a time. Which jobs wait meanwhile depends on the mailbox ([`Waiting`]).
//!
//! The first job starts the thread. A panic in a job ends that job, not the thread: it is reported and the next job is taken. Mostly
//! the latest job wins ([`Latest`]): a key held down makes thirty requests a second, and so there is never more than one job under
//! way and one waiting, whatever a job costs.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// The jobs that wait for a thread.
pub trait Waiting: Default + Send + 'static {
    /// A unit of the thread's work.
    type Job: Send;

    /// Takes in a job, perhaps in place of others.
    fn put(&mut self, job: Self::Job);

    /// The next job. `is_closing`: nobody puts in any more, so only what has to be done all the same.
    fn take(&mut self, is_closing: bool) -> Option<Self::Job>;

    /// Whether no job waits.
    fn is_empty(&self) -> bool;
}

/// The latest job; one that was not begun when the next came is dropped.
#[derive(Debug)]
pub struct Latest<J>(Option<J>);

impl<J> Default for Latest<J> {
    fn default() -> Self {
        Self(None)
    }
}

impl<J: Send + 'static> Waiting for Latest<J> {
    type Job = J;

    fn put(&mut self, job: J) {
        self.0 = Some(job);
    }

    fn take(&mut self, is_closing: bool) -> Option<J> {
        self.0.take_if(|_| !is_closing)
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// What the thread and its handle share.
struct Mailbox<W> {
    slot: Mutex<Slot<W>>,
    changed: Condvar,
}

#[derive(Default)]
struct Slot<W> {
    waiting: W,
    is_closing: bool,
}

impl<W: Waiting> Mailbox<W> {
    fn slot(&self) -> MutexGuard<'_, Slot<W>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next job; `None` when closing.
    fn take(&self) -> Option<W::Job> {
        let mut slot = self.slot();
        loop {
            let is_closing = slot.is_closing;
            if let Some(job) = slot.waiting.take(is_closing) {
                return Some(job);
            }
            if is_closing {
                return None;
            }
            slot = self.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Whether a job under way is still wanted.
pub struct Wanted<W>(Arc<Mailbox<W>>);

impl<W: Waiting> Wanted<W> {
    /// Whether no later job waits and the handle on the thread is still there.
    pub fn is_wanted(&self) -> bool {
        let slot = self.0.slot();
        !slot.is_closing && slot.waiting.is_empty()
    }
}

/// What becomes of the thread when its handle is dropped. In both cases it ends after the job in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtEnd {
    /// The handle waits until it has ended.
    Join,
    /// The handle does not wait: the job in hand may take long and is worth nothing any more.
    Leave,
}

/// The thread: what it will run, then the means to join it, if it is to be joined.
struct Thread {
    run: Option<Box<dyn FnOnce() + Send>>,
    running: Option<JoinHandle<()>>,
}

/// A handle on the thread.
pub struct Worker<W: Waiting> {
    name: &'static str,
    mailbox: Arc<Mailbox<W>>,
    thread: Mutex<Thread>,
    at_end: AtEnd,
}

impl<W: Waiting> std::fmt::Debug for Worker<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<W: Waiting> Worker<W> {
    /// A thread `name` that will do `work` with each job. Of a job in which that panics, `failed` reports the cause.
    pub fn new(
        name: &'static str,
        at_end: AtEnd,
        mut work: impl FnMut(&W::Job, &Wanted<W>) + Send + 'static,
        mut failed: impl FnMut(&W::Job, &Wanted<W>, &str) + Send + 'static,
    ) -> Self {
        let slot = Mutex::new(Slot { waiting: W::default(), is_closing: false });
        let mailbox = Arc::new(Mailbox { slot, changed: Condvar::new() });
        let wanted = Wanted(Arc::clone(&mailbox));
        let run = Box::new(move || {
            while let Some(job) = wanted.0.take() {
                if let Err(cause) = caught(|| work(&job, &wanted)) {
                    failed(&job, &wanted, &cause);
                }
            }
        });
        Self { name, mailbox, thread: Mutex::new(Thread { run: Some(run), running: None }), at_end }
    }

    /// Gives it a job.
    ///
    /// # Errors
    /// When no thread can be started. A later call may try again only with another worker.
    pub fn put(&self, job: W::Job) -> io::Result<()> {
        self.mailbox.slot().waiting.put(job);
        self.mailbox.changed.notify_one();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = thread.run.take() {
            let running = std::thread::Builder::new().name(self.name.to_owned()).spawn(run)?;
            thread.running = (self.at_end == AtEnd::Join).then_some(running);
        }
        Ok(())
    }
}

impl<W: Waiting> Drop for Worker<W> {
    fn drop(&mut self) {
        self.mailbox.slot().is_closing = true;
        self.mailbox.changed.notify_one();
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = thread.running.take() {
            let _ = running.join();
        }
    }
}

/// The result of `work`, or the text of its panic. After a panic its state may be broken: the caller does not use it any more.
///
/// # Errors
/// When it panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| cause_of(&*panic))
}

/// The text of a panic.
fn cause_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no reason given".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    #[test]
    fn a_key_held_down_makes_two_jobs_on_one_thread() {
        let (done, results) = channel();
        let (leave, leave_receiver): (_, Receiver<()>) = channel();
        let work = move |&job: &u32, wanted: &Wanted<Latest<u32>>| {
            let before = wanted.is_wanted();
            done.send((job, before, None)).unwrap();
            let _ = leave_receiver.recv();
            done.send((job, before, Some((wanted.is_wanted(), std::thread::current().id())))).unwrap();
        };
        let worker = Worker::new("test", AtEnd::Leave, work, |_, _, cause| panic!("{cause}"));
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
    /// Every job, the even ones even when closing.
    #[derive(Default)]
    struct Evens(VecDeque<u32>);

    impl Waiting for Evens {
        type Job = u32;

        fn put(&mut self, job: u32) {
            self.0.push_back(job);
        }

        fn take(&mut self, is_closing: bool) -> Option<u32> {
            self.0.retain(|job| !is_closing || job % 2 == 0);
            self.0.pop_front()
        }

        fn is_empty(&self) -> bool {
            self.0.is_empty()
        }
    }

    #[test]
    fn a_panic_ends_its_job_alone_and_is_reported() {
        let (done, results) = channel();
        let failed = done.clone();
        let work = move |&job: &u32, _: &Wanted<Evens>| match job {
            1 => panic!("a fuse blew"),
            2 => panic!("fuse {job} blew"),
            3 => std::panic::panic_any(job),
            _ => done.send((job, "done".to_owned())).unwrap(),
        };
        let worker = Worker::<Evens>::new("test", AtEnd::Join, work, move |&job, _, cause| {
            failed.send((job, cause.to_owned())).unwrap();
        });
        for job in 0..=4 {
            worker.put(job).unwrap();
        }
        let answers: Vec<_> = results.iter().take(5).collect();
        let causes: Vec<&str> = answers.iter().map(|(_, cause)| cause.as_str()).collect();
        assert_eq!(causes, ["done", "a fuse blew", "fuse 2 blew", "no reason given", "done"]);
    }

    #[test]
    fn joining_waits_for_the_work_at_the_end() {
        let (done, results) = channel();
        let (go, gone): (_, Receiver<()>) = channel();
        let work = move |&job: &u32, _: &Wanted<Evens>| {
            let _ = gone.recv();
            done.send(job).unwrap();
        };
        let worker = Worker::<Evens>::new("test", AtEnd::Join, work, |_, _, cause| panic!("{cause}"));
        for job in 0..6 {
            worker.put(job).unwrap();
        }
        // All that is not begun by now finds the mailbox closing.
        let closing = std::thread::spawn(move || drop(worker));
        while !closing.is_finished() {
            let _ = go.send(());
            std::thread::yield_now();
        }
        closing.join().unwrap();
        let all: Vec<u32> = results.try_iter().collect();
        assert!([0, 2, 4].iter().all(|even| all.contains(even)), "{all:?}");
    }
}
