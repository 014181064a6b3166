//! A disk that forgets: the log after a kill, which drops nothing that was written, and after a power cut, which
//! drops what was not synced. Time is simulated.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use xxhash_rust::xxh3::xxh3_128;

use super::super::log::Sync;
use super::super::replay::{Standing, replay};
use super::super::store::{Place as Name, Store};
use super::*;
use editor::message::{FileContent, FileStamp};

const PAGE: u64 = 4096;

#[derive(Default, Clone)]
pub(super) struct SimulatedFile {
    pub(super) bytes: Vec<u8>,
    synced: usize,
}

/// What is on the simulated disk.
#[derive(Default)]
pub(super) struct Platter {
    pub(super) files: Vec<SimulatedFile>,
    /// The files that the log's name and the draft's lead to, and the one the log's leads to after a power cut.
    pub(super) log: Option<usize>,
    draft: Option<usize>,
    log_synced: Option<usize>,
    /// Bytes that went to the disk, in whole pages.
    pages: u64,
    appended: u64,
    longest: usize,
}

#[derive(Default, Clone)]
pub(super) struct Simulated(pub(super) Rc<RefCell<Platter>>);

impl Store for Simulated {
    type File = usize;

    fn create(&mut self, name: Name) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        disk.files.push(SimulatedFile::default());
        let file = disk.files.len() - 1;
        match name {
            Name::Log => disk.log = Some(file),
            Name::Draft => disk.draft = Some(file),
        }
        Ok(file)
    }

    fn append(&mut self, file: &usize, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        disk.files[*file].bytes.extend_from_slice(bytes);
        disk.appended += bytes.len() as u64;
        disk.longest = disk.longest.max(bytes.len());
        Ok(bytes.len())
    }

    fn is_log(&self, file: &usize) -> bool {
        self.0.borrow().log == Some(*file)
    }

    fn adopt(&mut self) -> io::Result<()> {
        let mut disk = self.0.borrow_mut();
        disk.log = disk.draft.take();
        Ok(())
    }

    fn remove(&mut self, name: Name) {
        let mut disk = self.0.borrow_mut();
        match name {
            Name::Log => disk.log = None,
            Name::Draft => disk.draft = None,
        }
    }
}

/// A writer, his file, his log and his disk.
struct Desk {
    now: Duration,
    /// How long a sync takes.
    latency: Duration,
    disk: Simulated,
    log: Log<Simulated>,
    writer: Writer,
    saved: FileContent,
    /// The texts there were, and since when.
    texts: Vec<(Duration, Rope)>,
    syncing: Option<(Duration, usize, Option<usize>, Sync<usize>)>,
}

const TICK: Duration = Duration::from_millis(10);

impl Desk {
    fn new(text: &str, latency: u64) -> Self {
        let disk = Simulated::default();
        let log = Log::create(disk.clone()).unwrap();
        let saved = content(text);
        let file = TextFile { path: Some(saved.path.clone()), form: saved.form, based_on: saved.stamp };
        let writer = Writer { file, document: 1, text: Rope::from_str(text) };
        let texts = vec![(Duration::ZERO, writer.text.clone())];
        let latency = Duration::from_millis(latency);
        Self { now: Duration::ZERO, latency, disk, log, writer, saved, texts, syncing: None }
    }

    fn change(&mut self, start: usize, end: usize, inserted: &str) {
        let entry = self.writer.replace(start, end, inserted);
        self.texts.push((self.now, entry.text.clone()));
        self.log.take(Job::Change(entry)).unwrap();
        self.advance();
    }

    fn add(&mut self, inserted: &str) {
        let end = self.writer.text.len_chars();
        self.change(end, end, inserted);
    }

    fn save(&mut self) {
        let (text, document) = (self.writer.text.clone(), self.writer.document);
        self.log.take(Job::Saving { document, save: 1, text: text.clone() }).unwrap();
        self.saved = content(&text.to_string());
        self.writer.file.based_on = self.saved.stamp;
        let file = self.writer.file.clone();
        self.log.take(Job::Saved { document, save: 1, file }).unwrap();
        self.log.take(Job::Settle(self.writer.settled(true))).unwrap();
        self.advance();
    }

    fn advance(&mut self) {
        if let Some(sync) = self.log.advance(self.now, false).unwrap() {
            let disk = self.disk.0.borrow();
            let names = if sync.folder { disk.log } else { None };
            self.syncing = Some((self.now + self.latency, disk.files[sync.file].bytes.len(), names, sync));
        }
    }

    fn tick(&mut self) {
        self.now += TICK;
        if let Some((_, length, name, sync)) = self.syncing.take_if(|(at, ..)| *at <= self.now) {
            let mut disk = self.disk.0.borrow_mut();
            let file = &mut disk.files[sync.file];
            let pages = (length as u64).div_ceil(PAGE) - file.synced as u64 / PAGE;
            file.synced = length;
            disk.pages += pages * PAGE;
            disk.log_synced = name.or(disk.log_synced);
            drop(disk);
            self.log.synced(&sync, &Ok(()), self.now);
        }
        for _ in 0..1000 {
            if self.log.wake().is_none_or(|wake| wake > self.now) {
                return;
            }
            self.advance();
        }
        panic!("the log never rests");
    }

    /// The text that is recovered from these bytes and the file.
    fn recovered(&self, bytes: &[u8]) -> Rope {
        let open = |path: &Path| (path == self.saved.path).then(|| self.saved.clone());
        let Some(replayed) = replay(bytes, open).unwrap() else { return Rope::from_str(&self.saved.text) };
        assert_eq!(replayed.damage, None);
        match replayed.standing {
            Standing::Unsaved => replayed.text,
            _ => Rope::from_str(&self.saved.text),
        }
    }

    /// How old the youngest text is that is not lost.
    fn lost(&self, text: &Rope) -> Duration {
        let at =
            self.texts.iter().rposition(|(_, had)| had == text).expect("the text there was at some time");
        self.texts.get(at + 1).map_or(Duration::ZERO, |(since, _)| self.now.saturating_sub(*since))
    }

    /// Checks what a kill and a power cut would leave now.
    fn check(&self, most: Duration) {
        let disk = self.disk.0.borrow();
        let bytes = |file: Option<usize>| file.map_or(&[][..], |file| &disk.files[file].bytes);
        assert_eq!(self.lost(&self.recovered(bytes(disk.log))), Duration::ZERO, "killed at {:?}", self.now);
        // The new name may have come to the disk or not.
        for file in [disk.log, disk.log_synced].into_iter().flatten() {
            let synced = disk.files[file].synced;
            let lost = self.lost(&self.recovered(&disk.files[file].bytes[..synced]));
            assert!(lost <= most, "{lost:?} lost by a power cut at {:?}", self.now);
        }
    }
}

fn content(text: &str) -> FileContent {
    let stamp = FileStamp { modified_ns: 0, length: text.len() as u64, hash: xxh3_128(text.as_bytes()) };
    FileContent {
        path: "/letter.md".into(),
        text: text.to_owned(),
        exists: true,
        form: FileForm::default(),
        read_only: false,
        stamp: Some(stamp),
    }
}

/// 20 keys a second, a paste, a deletion and a save now and then.
fn work(desk: &mut Desk, seconds: u64, most: Duration) {
    for step in 0..seconds * 100 {
        desk.tick();
        if step % 5 == 0 {
            desk.add(if step % 30 == 0 { " " } else { "e" });
        }
        match step % 700 {
            311 => desk.change(20, 60, &"pasted words ".repeat(400)),
            503 => desk.change(100, 3000, ""),
            607 => desk.save(),
            _ => {}
        }
        if step % 9 == 0 {
            desk.check(most);
        }
    }
}

#[test]
fn a_power_cut_costs_two_seconds_at_most_and_a_kill_nothing() {
    // A small text is written with the first change, a large one piece by piece.
    for length in [0, 1_000, 400_000] {
        for latency in [1, 100, 400] {
            let text = "Twelve chars".repeat(length / 12);
            let mut desk = Desk::new(&text, latency);
            work(&mut desk, 15, Duration::from_secs(2));
            assert!(length < 400_000 || desk.disk.0.borrow().files.len() > 1, "a draft took the log's place");
        }
    }
}

#[test]
fn a_foreign_change_of_the_file_costs_nothing_once_the_text_is_in_the_log() {
    let mut desk = Desk::new(&"Twelve chars".repeat(40_000), 20);
    desk.add("!");
    for _ in 0..100 {
        desk.tick();
    }
    desk.saved = content("somebody else's");
    desk.add("?");
    desk.check(Duration::from_secs(1));
}

#[test]
fn a_file_saved_while_one_types_stands_for_the_text_as_it_was_then() {
    let mut desk = Desk::new(&"Twelve chars".repeat(40_000), 20);
    desk.add("one ");
    let document = desk.writer.document;
    desk.log.take(Job::Saving { document, save: 1, text: desk.writer.text.clone() }).unwrap();
    let saved = content(&desk.writer.text.to_string());
    desk.add("two ");
    desk.saved = saved;
    let file = TextFile { based_on: desk.saved.stamp, ..desk.writer.file.clone() };
    desk.log.take(Job::Saved { document, save: 1, file }).unwrap();
    desk.add("three");
    assert!(desk.disk.0.borrow().files[0].bytes.len() < 5_000, "the text is not in the log yet");
    desk.check(Duration::MAX);
}

#[test]
fn a_long_session_keeps_its_log_short() {
    let mut desk = Desk::new("", 5);
    for _ in 0..40 {
        desk.add(&"nineteen characters".repeat(9_000));
        desk.change(10, 170_000, "");
        for _ in 0..10 {
            desk.tick();
        }
    }
    let disk = desk.disk.0.borrow();
    assert!(disk.files.len() > 5);
    assert!(disk.files[disk.log.unwrap()].bytes.len() < 2_500_000);
    drop(disk);
    desk.check(Duration::from_secs(2));
}

/// Six keys a second for ten minutes in a text of 5 MB, saved every minute.
#[test]
fn what_is_written_follows_the_change_and_not_the_document() {
    let text = "five words of a line\n".repeat(250_000);
    let mut desk = Desk::new(&text, 10);
    let keys = 3_600;
    let middle = 2_500_000;
    for key in 0..keys {
        desk.change(middle + key, middle + key, "e");
        for _ in 0..17 {
            desk.tick();
        }
        if key % 360 == 359 {
            desk.save();
        }
    }
    let disk = desk.disk.0.borrow();
    let base = text.len() as u64 * 11 / 10;
    let (appended, pages) = (disk.appended - text.len() as u64, disk.pages.saturating_sub(base));
    println!("{} B a key appended, {} B a key in pages synced", appended / keys as u64, pages / keys as u64);
    assert!(appended / (keys as u64) < 300, "{appended}");
    assert!(pages / (keys as u64) < 4_096, "{pages}");
    // No piece is so long that it takes a noticeable time.
    assert!(disk.longest <= 1 << 20, "{}", disk.longest);
}
