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
use std::path::Path;

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

fn assert_no_connection(listener: &TcpListener, what: &str) {
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
fn a_connection_would_be_noticed() {
    let (listener, number) = display();
    let _call = TcpStream::connect(("127.0.0.1", 6_000 + number)).unwrap();
    assert!(support::eventually("the call", || listener.accept().ok()).1.ip().is_loopback());
}

#[test]
fn copying_and_pasting_make_no_connection() {
    let (listener, number) = display();
    for name in names(number) {
        let root = tempfile::tempdir().unwrap();
        let mut session = copy_and_paste(root.path(), &[("DISPLAY", &name)]);
        assert_no_connection(&listener, &name);
        session.signal("TERM");
        session.wait_end();
        assert_no_connection(&listener, &name);
    }
}

/// Copies and pastes in an editor with these variables; the clipboard has then done what it does.
fn copy_and_paste(root: &Path, environment: &[(&str, &str)]) -> Session {
    let file = root.join("note.md");
    let mut session = Session::start_with(root, &[&file], 80, 24, environment);
    session.wait_for("note.md");
    session.send("moor");
    session.wait_for("moor");
    session.send("\x01\x03\x1b[C\x16");
    session.wait_for("moormoor");
    session
}

#[cfg(target_os = "linux")]
#[test]
fn under_wayland_only_a_socket_of_the_desktop_is_called() {
    use std::os::unix::net::UnixListener;

    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run");
    fs::create_dir_all(folder.join("sub")).unwrap();
    let (path, other) = (folder.join("wayland-7"), folder.join("sub/wayland-7"));
    let [listener, other] = [&path, &other].map(|path| {
        let listener = UnixListener::bind(path).unwrap();
        listener.set_nonblocking(true).unwrap();
        listener
    });
    let (folder, path) = (folder.to_str().unwrap(), path.to_str().unwrap());
    let (tcp, number) = display();
    let address = format!("127.0.0.1:{}", 6_000 + number);
    for name in
        ["sub/wayland-7", "./wayland-7", "sub/../wayland-7", "", &address, &format!("tcp://{address}")]
    {
        let environment = [("XDG_RUNTIME_DIR", folder), ("WAYLAND_DISPLAY", name), ("WAYLAND_SOCKET", "0")];
        let data = tempfile::tempdir().unwrap();
        let mut session = copy_and_paste(data.path(), &environment);
        session.signal("TERM");
        session.wait_end();
        for listener in [&listener, &other] {
            let called = listener.accept();
            assert!(called.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "{name}");
        }
        assert_no_connection(&tcp, name);
    }
    for (name, folder) in [("wayland-7", folder), (path, "")] {
        let data = tempfile::tempdir().unwrap();
        let environment = [("XDG_RUNTIME_DIR", folder), ("WAYLAND_DISPLAY", name)];
        let mut session =
            Session::start_with(data.path(), &[&data.path().join("note.md")], 80, 24, &environment);
        session.wait_for("note.md");
        session.send("moor\x01\x03");
        // The compositor hangs up at once, and what was copied is pasted all the same.
        drop(support::eventually("a call to the desktop", || listener.accept().ok()));
        session.send("\x1b[C\x16");
        session.wait_for("moormoor");
        session.signal("TERM");
        session.wait_end();
    }
}

/// Looks through a folder, and would train: that it is refused in the end for its name comes after all that could call anybody.
#[test]
fn commands_make_no_connection() {
    let (listener, number) = display();
    let data = tempfile::tempdir().unwrap();
    let text = data.path().join("text.txt");
    fs::write(&text, "The moor lay still.\n").unwrap();
    let text = text.to_str().unwrap();
    for name in names(number) {
        for arguments in [&["train", text][..], &["eval", text, "--max-bytes", "10"], &["models"], &["words"]]
        {
            command::run(command::binary(data.path(), arguments).env("DISPLAY", &name));
            assert_no_connection(&listener, &format!("{name} {arguments:?}"));
        }
    }
}
