//! No connection is ever made: the real program runs under displays that name a listener of ours, and nobody calls.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files, and fail by panicking"
)]

#[path = "support/command.rs"]
mod command;
mod support;

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};

use support::Session;

/// A listener where the X server of some display would listen, and the display's number.
fn display() -> (TcpListener, u16) {
    let bound = (100..2_000).find_map(|number| {
        let listener = TcpListener::bind(("127.0.0.1", 6_000 + number)).ok()?;
        listener.set_nonblocking(true).unwrap();
        Some((listener, number))
    });
    bound.expect("one of many ports is free")
}

fn nobody_called(listener: &TcpListener, what: &str) {
    let called = listener.accept();
    assert!(matches!(&called, Err(error) if error.kind() == ErrorKind::WouldBlock), "{what}: {called:?}");
}

/// Every way to name a display from which a library might make a connection; the last is the local one without a server.
fn names(number: u16) -> [String; 6] {
    [
        format!("127.0.0.1:{number}"),
        format!("localhost:{number}.0"),
        format!("tcp/127.0.0.1:{number}"),
        format!("inet/localhost:{number}"),
        format!("::ffff:127.0.0.1:{number}"),
        format!(":{number}"),
    ]
}

#[test]
fn the_listener_would_notice() {
    let (listener, number) = display();
    let _call = TcpStream::connect(("127.0.0.1", 6_000 + number)).unwrap();
    assert!(support::eventually("the call", || listener.accept().ok()).1.ip().is_loopback());
}

#[test]
fn copying_and_pasting_call_nobody() {
    let (listener, number) = display();
    for name in names(number) {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("note.md");
        let mut session = Session::start_with(root.path(), &[&file], 80, 24, &[("DISPLAY", &name)]);
        session.wait_for("note.md");
        session.send("moor");
        session.wait_for("moor");
        // All of it copied, and pasted behind it: when that is seen, the clipboard has done what it does.
        session.send("\x01\x03\x1b[C\x16");
        session.wait_for("moormoor");
        nobody_called(&listener, &name);
        session.signal("TERM");
        session.wait_end();
        nobody_called(&listener, &name);
    }
}

/// Looks through a folder, and would train: that it is refused in the end for its name comes after all that could call anybody.
#[test]
fn commands_call_nobody() {
    let (listener, number) = display();
    let data = tempfile::tempdir().unwrap();
    let text = data.path().join("text.txt");
    fs::write(&text, "The moor lay still.\n").unwrap();
    let text = text.to_str().unwrap();
    for name in names(number) {
        for arguments in [&["train", text][..], &["eval", text, "--max-bytes", "10"], &["models"], &["words"]]
        {
            command::run(command::binary(data.path(), arguments).env("DISPLAY", &name));
            nobody_called(&listener, &format!("{name} {arguments:?}"));
        }
    }
}
