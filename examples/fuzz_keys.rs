//! Random keys, replies of terminals, pastes that never end, sizes, signals and hang-ups for the real binary in a real
//! terminal: `cargo build --release && cargo run --release --example fuzz_keys -- [KEYS [SEED [BINARY]]]`.
//!
//! It fails (and prints the seed) when the editor panics, takes over a second to open its help once it has caught up, or
//! over 50 ms a key to catch up, holds more than 200 MB, ends with an unexpected exit code, or has a letter in its text
//! that was not typed: what is typed here is made of a few letters that are in no sequence and no reply.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// What is typed. None of these letters answers a question, and none is in what is sent besides.
const TEXT: [char; 10] = ['i', 'j', 'l', 'v', 'w', 'z', ' ', ' ', 'é', '한'];
/// Ctrl-V is left out: with Ctrl-A and Ctrl-C it doubles the text again and again.
const KEYS: &[&str] = &[
    "\r",
    "\t",
    "\x7f",
    "\x7f",
    "\x08",
    "\x17",
    "\x1a",
    "\x19",
    "\x01",
    "\x03",
    "\x18",
    "\x07",
    "\x06",
    "\x0f",
    "\x1c",
    "\x1b",
    "\x1b[27u",
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[1;2C",
    "\x1b[1;5D",
    "\x1b[1;6A",
    "\x1bOH",
    "\x1b[F",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[3~",
    "\x1b[3;5~",
    "\x1b[Z",
    "\x1b1",
    "\x1bx",
    "\x1b\x7f",
    "\x1bOR",
    "\x1b[24~",
    "\x1b[<0;9;4M",
    "\x1b[<32;20;6M",
    "\x1b[<0;20;6m",
    "\x1b[<65;3;3M",
    "\x1b[<35;3;3M",
    "\x1b[M !!",
];
const REPLIES: &[&str] = &[
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "\x1b]4;1;rgb:ffff/0000/0000\x1b\\",
    "\x1b[>0;276;0c",
    "\x1b[?62;22c",
    "\x1b[?997;1n",
    "\x1b[24;80R",
    "\x1b[?2026;2$y",
    "\x1b[?5u",
    "\x1bP>|Term 1.0\x1b\\",
    "\x1bP1+r544e=78\x1b\\",
    "\x1b_Ga=31;OK\x1b\\",
    "\x1b[I",
    "\x1b[O",
    "\x1b[201~",
    "\x1b[8;24;80t",
    "\x1b\\",
];
const UNFINISHED: &[&str] = &[
    "\x1b[",
    "\x1b[1;",
    "\x1bO",
    "\x1b]11;rgb:",
    "\x1bP>|Term",
    "\x1b_G",
    "\x1b[M!",
    "\x1b[<0;1",
    "\u{1b}[200~",
    "\x1b[200~zil\x1b",
];
const SIGNALS: [(&str, u32); 4] = [("HUP", 129), ("INT", 130), ("QUIT", 131), ("TERM", 143)];
/// Columns and rows.
const LARGEST: (u16, u16) = (200, 70);
const LARGEST_MB: u64 = 200;
const SLOWEST: Duration = Duration::from_secs(1);
const SLOWEST_KEY: Duration = Duration::from_millis(50);

struct Editor {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<(Mutex<vt100::Parser>, Condvar)>,
    /// The reader is to let go of the terminal.
    closing: Arc<AtomicBool>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Editor {
    fn start(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        let pair = native_pty_system().openpty(size(80, 24))?;
        let mut command = CommandBuilder::new(binary);
        command.arg(folder.join("fuzz.md"));
        command.cwd(folder);
        command.env("FOREWORD_DATA_DIR", folder.join("data"));
        command.env_remove("DISPLAY");
        command.env_remove("WAYLAND_DISPLAY");
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let keys = pair.master.take_writer()?;
        let mut output = pair.master.try_clone_reader()?;
        let screen = Arc::new((Mutex::new(vt100::Parser::new(LARGEST.1, LARGEST.0, 0)), Condvar::new()));
        let closing = Arc::new(AtomicBool::new(false));
        std::thread::spawn({
            let (screen, closing) = (Arc::clone(&screen), Arc::clone(&closing));
            move || {
                let mut buffer = vec![0; 1 << 16];
                while let Ok(count @ 1..) = output.read(&mut buffer) {
                    if closing.load(Ordering::SeqCst) {
                        return;
                    }
                    if let Ok(mut parser) = screen.0.lock() {
                        parser.process(&buffer[..count]);
                    }
                    screen.1.notify_all();
                }
            }
        });
        let editor = Self { child, master: pair.master, keys, screen, closing };
        ensure!(
            editor.wait(Duration::from_secs(20), |text| !text.trim().is_empty()),
            "nothing was drawn at the start"
        );
        Ok(editor)
    }

    fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.keys.write_all(bytes).context("the terminal takes no keys")
    }

    /// The screen that is kept stays as large as it may become: what is drawn says where it stands.
    fn resize(&self, columns: u16, rows: u16) -> anyhow::Result<()> {
        self.master.resize(size(columns, rows))
    }

    fn wait(&self, patience: Duration, wanted: impl Fn(&str) -> bool) -> bool {
        let until = Instant::now() + patience;
        let Ok(mut parser) = self.screen.0.lock() else { return false };
        while !wanted(&parser.screen().contents()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let Ok(waited) = self.screen.1.wait_timeout(parser, left) else { return false };
            parser = waited.0;
        }
        true
    }

    /// Opens the help from wherever the keys have led, then again to see how long that takes an editor that has caught up
    /// with the `keys` sent before.
    fn probe(&mut self, keys: usize) -> anyhow::Result<Duration> {
        let is_open = |text: &str| text.contains("Esc closes");
        self.resize(80, 24)?;
        let patience = SLOWEST + SLOWEST_KEY * u32::try_from(keys)?;
        let begun = Instant::now();
        loop {
            // One question may follow another; one that a save or a file brings up may come over the help.
            self.send(b"\x1b[27u\x1b[27u\x1b[27u\x1b[27u\x1b[27u\x1b[27u\x1bOP")?;
            if self.wait(SLOWEST, is_open) {
                break;
            }
            ensure!(
                begun.elapsed() < patience,
                "it did not catch up with {keys} keys in {patience:?}; the screen:\n{}",
                self.screen.0.lock().map_or_else(|_| String::new(), |parser| parser.screen().contents())
            );
        }
        self.send(b"\x1b[27u")?;
        ensure!(self.wait(SLOWEST, |text| !is_open(text)), "the help did not close within a second");
        let begun = Instant::now();
        self.send(b"\x1bOP")?;
        ensure!(self.wait(SLOWEST, is_open), "the help did not open within a second");
        let opened = begun.elapsed();
        self.send(b"\x1b[27u")?;
        ensure!(self.wait(SLOWEST, |text| !is_open(text)), "the help did not close within a second");
        Ok(opened)
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.child.process_id().context("it has ended")?.to_string();
        ensure!(
            Command::new("kill").args([&format!("-{name}"), &id]).status()?.success(),
            "kill -{name} failed"
        );
        Ok(())
    }

    fn megabytes(&self) -> u64 {
        let id = self.child.process_id().unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
    }

    /// Waits for the end; `None`: it goes on.
    fn ended(&mut self, patience: Duration) -> anyhow::Result<Option<u32>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status.exit_code()));
            }
            if Instant::now() > until {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets go of the terminal.
    fn hang_up(self) -> anyhow::Result<Box<dyn Child + Send + Sync>> {
        self.closing.store(true, Ordering::SeqCst);
        // Something is drawn, so that the reader wakes and sees it.
        self.master.resize(size(61, 21))?;
        std::thread::sleep(Duration::from_millis(100));
        Ok(self.child)
    }
}

/// Fails if a text in the folder has a letter or a digit that was never typed.
fn check_texts(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            let strange = text.char_indices().find(|(_, c)| c.is_ascii_graphic() && !TEXT.contains(c));
            if let Some((at, c)) = strange {
                let around: String = text[at..].chars().take(40).collect();
                bail!("{c:?} was never typed, but stands in {}: {around:?}", path.display());
            }
        }
    }
    Ok(())
}

fn words(random: &mut StdRng, length: usize) -> String {
    (0..length).map(|_| TEXT[random.random_range(0..TEXT.len())]).collect()
}

fn one_of<'a>(random: &mut StdRng, from: &[&'a str]) -> &'a str {
    from[random.random_range(0..from.len())]
}

/// Something random that counts as some keys; says how many, and whether it was left unfinished.
fn act(editor: &mut Editor, random: &mut StdRng) -> anyhow::Result<(usize, bool)> {
    match random.random_range(0..1_000) {
        0..450 => {
            let length = random.random_range(1..20);
            editor.send(words(random, length).as_bytes())?;
            return Ok((length, false));
        }
        450..800 => {
            let keys: Vec<&str> = (0..random.random_range(1..6)).map(|_| one_of(random, KEYS)).collect();
            editor.send(keys.concat().as_bytes())?;
            return Ok((keys.len(), false));
        }
        800..880 => editor.send(one_of(random, REPLIES).as_bytes())?,
        880..920 => {
            let length = if random.random_range(0..40) == 0 { 30_000 } else { random.random_range(0..600) };
            editor.send(format!("\x1b[200~{}\x1b[201~", words(random, length)).as_bytes())?;
        }
        920..930 => {
            let length = random.random_range(300..4_000);
            editor.send(words(random, length).as_bytes())?;
        }
        930..950 => {
            editor.send(one_of(random, UNFINISHED).as_bytes())?;
            return Ok((1, true));
        }
        950..970 => {
            let garbage: Vec<u8> =
                (0..random.random_range(1..12)).map(|_| random.random_range(0x80..=0xff)).collect();
            editor.send(&garbage)?;
            return Ok((1, true));
        }
        970..990 => editor.resize(random.random_range(1..=LARGEST.0), random.random_range(1..=LARGEST.1))?,
        990..996 => editor.signal(one_of(random, &["TSTP", "CONT", "WINCH"]))?,
        _ => {
            editor.signal("STOP")?;
            editor.send(words(random, 5).as_bytes())?;
            editor.signal("CONT")?;
        }
    }
    Ok((1, false))
}

fn fuzz(binary: &Path, seed: u64, wanted: usize, done: &Arc<Mutex<usize>>) -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut random = StdRng::seed_from_u64(seed);
    let (mut sent, mut slowest, mut largest, mut ends) = (0, Duration::ZERO, 0, 0);
    while sent < wanted {
        let folder = root.path().join("texts");
        fs::create_dir_all(folder.join("data"))?;
        fs::write(folder.join("data/config.toml"), "[suggestions]\nenabled = false\n")?;
        let mut editor = Editor::start(binary, &folder)?;
        let mut left = None;
        for _ in 0..random.random_range(1..25) {
            let mut unfinished = false;
            let before = sent;
            for _ in 0..random.random_range(10..120) {
                let (keys, is_unfinished) = act(&mut editor, &mut random)?;
                sent += keys;
                unfinished = is_unfinished;
                if is_unfinished {
                    // The silence after which keys are keys again, a paste's being the longer one.
                    std::thread::sleep(Duration::from_millis(600));
                }
            }
            if let Ok(mut done) = done.lock() {
                *done = sent;
            }
            if unfinished {
                std::thread::sleep(Duration::from_millis(600));
            }
            left = editor.ended(Duration::ZERO)?;
            if left.is_some() {
                break;
            }
            slowest = slowest.max(editor.probe(sent - before)?);
            largest = largest.max(editor.megabytes());
            ensure!(largest <= LARGEST_MB, "it holds {largest} MB");
            editor.send(b"\x13")?;
        }
        ends += 1;
        if let Some(code) = left {
            ensure!(code == 0, "it ended by itself with exit code {code}");
        } else if random.random_range(0..3) == 0 {
            let mut child = editor.hang_up()?;
            let begun = Instant::now();
            let status = loop {
                if let Some(status) = child.try_wait()? {
                    break status;
                }
                ensure!(begun.elapsed() < Duration::from_secs(3), "it did not end when the terminal hung up");
                std::thread::sleep(Duration::from_millis(5));
            };
            ensure!(status.exit_code() == 129, "after a hang-up its exit code was {}", status.exit_code());
        } else {
            let (name, code) = SIGNALS[random.random_range(0..SIGNALS.len())];
            editor.signal(name)?;
            let ended = editor.ended(Duration::from_secs(3))?;
            ensure!(ended == Some(code), "after SIG{name} it ended with {ended:?}");
        }
        check_texts(&folder)?;
        fs::remove_dir_all(&folder)?;
        println!("{sent} keys, {ends} ends, slowest {} ms, largest {largest} MB", slowest.as_millis());
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let keys = arguments.next().map_or(Ok(100_000), |keys| keys.parse())?;
    let seed = arguments.next().map_or(Ok(rand::random::<u64>()), |seed| seed.parse())?;
    let beside =
        std::env::current_exe()?.parent().and_then(Path::parent).map(|folder| folder.join("foreword"));
    let binary = arguments.next().map(PathBuf::from).or(beside).context("which binary?")?;
    println!("seed {seed}");
    let done = Arc::new(Mutex::new(0));
    // An editor that takes no keys would hold the sender up for ever.
    std::thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut before = usize::MAX;
            loop {
                std::thread::sleep(Duration::from_secs(60));
                let now = done.lock().map_or(0, |done| *done);
                if now == before {
                    eprintln!("no keys were taken for a minute; seed {seed}");
                    std::process::exit(1);
                }
                before = now;
            }
        }
    });
    fuzz(&binary, seed, keys, &done).with_context(|| format!("seed {seed}"))
}
