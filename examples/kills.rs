//! Kills the editor at random moments while somebody types, saves and pastes, and looks for what was lost.
//!
//! `cargo build --release && cargo run --release --example kills -- --kills 1000`
//!
//! Each run has a data folder and a document of its own (of 1 KB or 1 MB, every twentieth of 100 MB), in a real terminal. Twenty keys
//! a second are sent; after a random time the editor gets SIGKILL. Then the file and the journal are read: every character
//! that was sent a second before the kill must be in one of them, and the file must be whole. At last the editor is started
//! once more, and must leave no draft and no lock behind. `--measure SECONDS` types into 5 MB instead, and says what was written.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a program that drives another one"
)]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Parser;
use foreword::runtime::journal::Orphans;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const KEY: Duration = Duration::from_millis(50);
const SAVE: &str = "\x13";

#[derive(Debug, Parser)]
struct Arguments {
    /// How many times the editor is killed.
    #[arg(long, default_value_t = 1000)]
    kills: usize,
    /// How many editors run side by side.
    #[arg(long, default_value_t = 4)]
    parallel: usize,
    /// The seed of all random choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The editor; by default the one beside this program.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Types six keys a second for so many seconds into 5 MB, and says what was written.
    #[arg(long)]
    measure: Option<u64>,
}

/// What the runs came to.
#[derive(Debug, Default)]
struct Tally {
    runs: usize,
    by_size: [usize; 3],
    offered: usize,
    /// Characters that were older than a second and are nowhere.
    lost: usize,
    /// The age of the oldest that is nowhere.
    oldest: Duration,
    damaged: usize,
    /// Texts offered as made from another file than there is, by which the writer would be warned.
    outdated: usize,
    left: Vec<String>,
    failed: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let beside =
        std::env::current_exe()?.parent().and_then(Path::parent).map(|folder| folder.join("foreword"));
    let binary = arguments.binary.or(beside).context("name the editor with --binary")?;
    ensure!(binary.exists(), "There is no {}: build it first, or name one with --binary.", binary.display());
    if let Some(seconds) = arguments.measure {
        return measure(&binary, seconds);
    }
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..arguments.parallel {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= arguments.kills {
                        return;
                    }
                    let result = kill_once(&binary, run, arguments.seed, &tally);
                    let mut tally = tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    tally.runs += 1;
                    if let Err(error) = result {
                        tally.failed.push(format!("run {run}: {error:#}"));
                        println!("run {run}: {error:#}");
                    }
                    if tally.runs % 50 == 0 {
                        println!(
                            "{} kills, {} chars lost, {} damaged",
                            tally.runs, tally.lost, tally.damaged
                        );
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!(
        "kills: {} (1 KB, 1 MB, 100 MB: {:?}), text offered again: {}",
        tally.runs, tally.by_size, tally.offered
    );
    println!("characters older than 1 s lost: {}", tally.lost);
    println!("age of the oldest character lost: {} ms", tally.oldest.as_millis());
    println!("files or journals damaged: {}", tally.damaged);
    println!("offered with the warning that the file is another: {}", tally.outdated);
    println!("files left behind after the next start: {} {:?}", tally.left.len(), tally.left);
    println!("runs that could not be judged: {} {:?}", tally.failed.len(), tally.failed);
    ensure!(tally.lost == 0 && tally.damaged == 0 && tally.failed.is_empty(), "something was lost");
    Ok(())
}

/// An editor in a terminal.
struct Editor {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Editor {
    fn start(binary: &Path, data: &Path, file: &Path) -> anyhow::Result<Self> {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(binary);
        command.arg(file);
        command.env("FOREWORD_DATA_DIR", data);
        command.env("TERM", "xterm-256color");
        command.env_remove("DISPLAY");
        command.env_remove("WAYLAND_DISPLAY");
        let child = pair.slave.spawn_command(command)?;
        let (keys, mut output) = (pair.master.take_writer()?, pair.master.try_clone_reader()?);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let master = pair.master;
        std::thread::spawn({
            let shown = Arc::clone(&shown);
            move || {
                let _open = master;
                let mut buffer = vec![0; 1 << 16];
                while let Ok(read @ 1..) = output.read(&mut buffer) {
                    let mut shown = shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    shown.extend_from_slice(&buffer[..read]);
                }
            }
        });
        let mut editor = Self { child, keys, shown };
        editor.wait_for(&["doc.md"], Duration::from_secs(90))?;
        Ok(editor)
    }

    fn wait_for(&mut self, texts: &[&str], patience: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            let shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
            let shown = String::from_utf8_lossy(&shown);
            if texts.iter().any(|text| shown.contains(text)) {
                return Ok(());
            }
            if Instant::now() > deadline || self.child.try_wait()?.is_some() {
                bail!("the editor never showed {texts:?}");
            }
            sleep(Duration::from_millis(20));
        }
    }

    fn send(&mut self, keys: &str) -> anyhow::Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    fn kill(mut self) -> anyhow::Result<Instant> {
        let now = Instant::now();
        self.child.kill()?;
        self.child.wait()?;
        Ok(now)
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.child.process_id().context("it runs")?;
        std::process::Command::new("kill").args([format!("-{name}"), id.to_string()]).status()?;
        Ok(())
    }
}

fn document(bytes: usize) -> String {
    let line = |number| format!("{number}: the harbour lay quiet and the boats were all at home\n");
    let mut text = String::with_capacity(bytes + 64);
    let mut lines = (1..).map(line);
    while text.len() < bytes {
        text.extend(lines.next());
    }
    text
}

/// The folder of one run, with the data folder of the editor in it.
fn place(bytes: usize) -> anyhow::Result<(tempfile::TempDir, PathBuf, PathBuf, String)> {
    let root = tempfile::tempdir()?;
    let (data, file) = (root.path().join("data"), root.path().join("doc.md"));
    fs::create_dir(&data)?;
    let before = document(bytes);
    fs::write(&file, &before)?;
    Ok((root, data, file, before))
}

fn kill_once(binary: &Path, run: usize, seed: u64, tally: &Mutex<Tally>) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(run as u64));
    let size = if run % 20 == 19 { 2 } else { run % 2 };
    let (root, data, file, before) = place([1_000, 1_000_000, 100_000_000][size])?;
    let mut editor = Editor::start(binary, &data, &file)?;

    // All that is typed stands at the beginning of the document.
    let (mut typed, mut sent) = (String::new(), Vec::new());
    let (begun, mut saved) = (Instant::now(), Instant::now());
    let lives = Duration::from_millis(random.random_range(100..7_000));
    let pause = Duration::from_secs(if size == 2 { 6 } else { 2 });
    while begun.elapsed() < lives {
        match random.random_range(0..100) {
            0..3 => {
                let pasted = format!("pasted {:06} ", typed.len()).repeat(140);
                editor.send(&format!("\x1b[200~{pasted}\x1b[201~"))?;
                typed.push_str(&pasted);
            }
            3..8 if saved.elapsed() > pause => {
                editor.send(SAVE)?;
                saved = Instant::now();
            }
            _ => {
                let key = char::from(b"typed 0123456789"[typed.len() % 16]);
                editor.send(key.encode_utf8(&mut [0; 4]))?;
                typed.push(key);
            }
        }
        sent.push((Instant::now(), typed.len()));
        let left = lives.saturating_sub(begun.elapsed());
        sleep(KEY.min(left));
    }
    let killed = editor.kill()?;

    let on_disk = fs::read_to_string(&file).ok().and_then(|text| typed_in(&text, &typed, &before));
    let scratch = root.path().join("scratch");
    fs::create_dir(&scratch)?;
    for entry in fs::read_dir(data.join("journal"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "journal") {
            fs::copy(&path, scratch.join(path.file_name().context("it has a name")?))?;
        }
    }
    let found = Orphans::find(&scratch, &root.path().join("kept"));
    let mut is_damaged = on_disk.is_none() || !found.problems.is_empty();
    let mut had = on_disk.unwrap_or(0);
    for recovery in &found.recoveries {
        let is_named = recovery.path.as_deref() == Some(&*file) && recovery.based_on.is_some();
        match typed_in(&recovery.text, &typed, &before) {
            Some(count) if is_named && recovery.damage.is_none() => had = had.max(count),
            _ => {
                is_damaged = true;
                println!("run {run}: damaged: {:?} {:?}", recovery.path, recovery.damage);
            }
        }
    }
    let must = sent.iter().rfind(|(at, _)| killed.duration_since(*at) >= Duration::from_secs(1));
    let lost = must.map_or(0, |(_, count)| *count).saturating_sub(had);
    let first_lost = sent.iter().find(|(_, count)| *count > had).map_or(killed, |(at, _)| *at);
    {
        let mut tally = tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tally.by_size[size] += 1;
        tally.offered += usize::from(!found.recoveries.is_empty());
        tally.lost += lost;
        tally.oldest = tally.oldest.max(killed.duration_since(first_lost));
        tally.damaged += usize::from(is_damaged);
        tally.outdated += found.recoveries.iter().filter(|recovery| recovery.is_outdated()).count();
        if lost > 0 {
            println!(
                "run {run}: {lost} characters lost of {} in a document of {} bytes",
                typed.len(),
                before.len()
            );
        }
    }
    let is_offered = !found.recoveries.is_empty();
    drop(found);

    let mut editor = Editor::start(binary, &data, &file)?;
    if is_offered {
        editor.wait_for(&["restore", "Restore"], Duration::from_secs(90))?;
    }
    let left = left_behind(root.path(), &data)?;
    tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).left.extend(left);
    editor.signal("KILL")?;
    editor.child.wait()?;
    Ok(())
}

/// How many characters of what was typed the text has in front of what was there; `None` if it is no such text.
fn typed_in(text: &str, typed: &str, before: &str) -> Option<usize> {
    let head = text.strip_suffix(before)?;
    typed.starts_with(head).then_some(head.len())
}

/// Drafts, locks and other unfinished things in the folders of a run.
fn left_behind(root: &Path, data: &Path) -> anyhow::Result<Vec<String>> {
    let mut left = Vec::new();
    for folder in [root.to_path_buf(), data.to_path_buf(), data.join("journal"), data.join("models")] {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let ending = Path::new(&name).extension().and_then(|ending| ending.to_str());
            let is_lock = ending == Some("lock") && folder.ends_with("journal");
            if ending == Some("draft") || is_lock || name.starts_with(".tmp") {
                left.push(name);
            }
        }
    }
    Ok(left)
}

/// Bytes that a process has caused to be written to disks.
fn written(editor: &Editor) -> anyhow::Result<u64> {
    let id = editor.child.process_id().context("it runs")?;
    let io = fs::read_to_string(format!("/proc/{id}/io"))?;
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).context("the system counts")?;
    Ok(line.parse()?)
}

fn measure(binary: &Path, seconds: u64) -> anyhow::Result<()> {
    let (_root, data, file, _) = place(5_000_000)?;
    let mut editor = Editor::start(binary, &data, &file)?;
    editor.send("x")?;
    // The text itself goes to the journal once.
    sleep(Duration::from_secs(5));
    let (before, keys) = (written(&editor)?, seconds * 6);
    for key in 0..keys {
        editor.send(if key % 7 == 6 { " " } else { "e" })?;
        sleep(Duration::from_micros(166_667));
    }
    sleep(Duration::from_secs(1));
    let after = written(&editor)?;
    println!("the text, once: {before} bytes");
    println!("{keys} keys: {} bytes, {} a key", after - before, (after - before) / keys);
    let length: u64 = fs::read_dir(data.join("journal"))?
        .filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()))
        .sum();
    println!("the journal: {length} bytes");
    editor.kill()?;
    Ok(())
}
