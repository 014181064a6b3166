//! A real terminal for the real binary: start, send keys, wait for what the screen shows.
//!
//! Nothing here sleeps for a fixed time: a test waits for the screen to show something, and fails with the whole
//! screen printed when it never does.
#![allow(dead_code, reason = "each test file uses what it needs")]

pub(crate) mod texts;

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long the screen may take to show what is waited for. Generous: a loaded machine is no failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the terminal's reader thread shares with the test.
struct Shown {
    parser: vt100::Parser,
    /// Everything the program sent, for what a screen does not keep.
    raw: Vec<u8>,
    ended: bool,
}

/// The binary, running in a terminal of its own.
pub(crate) struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

impl Session {
    /// Starts `foreword ARGS` with its data in `data`, in a terminal of `columns` × `rows`.
    pub(crate) fn start(data: &Path, args: &[&Path], columns: u16, rows: u16) -> Self {
        Self::start_with(data, args, columns, rows, &[])
    }

    /// As [`start`](Self::start), with variables of the environment set.
    pub(crate) fn start_with(
        data: &Path,
        args: &[&Path],
        columns: u16,
        rows: u16,
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_foreword"));
        command.args(args);
        Self::run(data, command, columns, rows, environment)
    }

    /// Starts a shell script in which `$0` is the binary and `$1` is `file`, likewise.
    pub(crate) fn in_shell(data: &Path, script: &str, file: &Path, columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_foreword")]);
        command.arg(file);
        Self::run(data, command, columns, rows, &[])
    }

    fn run(
        data: &Path,
        mut command: CommandBuilder,
        columns: u16,
        rows: u16,
        environment: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("the system has a free terminal");
        command.cwd(data);
        command.env("FOREWORD_DATA_DIR", data);
        command.env("TERM", "xterm-256color");
        // No desktop's clipboard is touched by a test.
        command.env_remove("DISPLAY");
        command.env_remove("WAYLAND_DISPLAY");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        drop(pair.slave);
        let keys = pair.master.take_writer().expect("a terminal can be written to");
        let mut output = pair.master.try_clone_reader().expect("a terminal can be read from");
        let parser = vt100::Parser::new(rows, columns, 0);
        let shown = Arc::new((Mutex::new(Shown { parser, raw: Vec::new(), ended: false }), Condvar::new()));
        std::thread::spawn({
            let shown = Arc::clone(&shown);
            move || {
                let mut buffer = vec![0; 1 << 16];
                loop {
                    let read = output.read(&mut buffer).unwrap_or(0);
                    let mut state = shown.0.lock().expect("no test panics while holding the screen");
                    if read == 0 {
                        state.ended = true;
                    } else {
                        state.parser.process(&buffer[..read]);
                        state.raw.extend_from_slice(&buffer[..read]);
                    }
                    shown.1.notify_all();
                    if read == 0 {
                        return;
                    }
                }
            }
        });
        Self { child, master: pair.master, keys, shown }
    }

    /// Sends text and control bytes as a terminal would: `"\t"` is Tab, `"\x13"` Ctrl-S, `"\x1bOQ"` F2.
    pub(crate) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the program reads its keys");
        self.keys.flush().expect("the program reads its keys");
    }

    /// Waits until the screen is as `wanted`, and returns its text.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shown.0.lock().expect("no test panics while holding the screen");
        while !wanted(state.parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            let text = state.parser.screen().contents();
            assert!(
                !left.is_zero() && !state.ended,
                "never saw {what}; ended: {}; the screen:\n{text}",
                state.ended
            );
            state =
                self.shown.1.wait_timeout(state, left).expect("no test panics while holding the screen").0;
        }
        state.parser.screen().contents()
    }

    /// What `look` finds on the screen as it is.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shown.0.lock().expect("no test panics while holding the screen").parser.screen())
    }

    /// Waits until `text` is anywhere on the screen, and returns the screen's text.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contents().contains(text))
    }

    /// Waits until `text` is nowhere on the screen.
    pub(crate) fn wait_gone(&self, text: &str) -> String {
        self.wait(&format!("{text} gone"), |screen| !screen.contents().contains(text))
    }

    /// Everything sent to the terminal so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.shown.0.lock().expect("no test panics while holding the screen").raw.clone()
    }

    /// Gives the terminal a new size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.shown
            .0
            .lock()
            .expect("no test panics while holding the screen")
            .parser
            .screen_mut()
            .set_size(rows, columns);
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a terminal can be resized");
    }

    /// Sends a signal by name, as `kill -NAME` does.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("the program runs");
        let sent = std::process::Command::new("kill").args([format!("-{name}"), id.to_string()]).status();
        assert!(sent.expect("there is a kill command").success());
    }

    /// Waits for the program to end by itself.
    pub(crate) fn wait_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shown.0.lock().expect("no test panics while holding the screen");
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "still running; the screen:\n{}", state.parser.screen().contents());
            state =
                self.shown.1.wait_timeout(state, left).expect("no test panics while holding the screen").0;
        }
        drop(state);
        self.child.wait().expect("an ended program has a status")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `found` finds something: for what happens outside the screen, such as on the disk.
pub(crate) fn eventually<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(Instant::now() < deadline, "never came to be: {what}");
        std::thread::yield_now();
    }
}
