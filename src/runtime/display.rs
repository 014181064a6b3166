//! No connection is ever made: the variables that name a display may name only sockets of this machine's own desktop.
//!
//! The libraries that talk to an X server or to a Wayland compositor read these variables themselves. From `host:0` in `DISPLAY` the
//! X library makes a TCP connection, and from `:0` too when the desktop's socket does not answer. Written `unix/:0` it knows the
//! socket alone. A Wayland display is a socket in the file system: an absolute path, or a name in `XDG_RUNTIME_DIR`. So the variables
//! are rewritten before anything can read them, and what names anything else is taken out (`ssh -X` names another machine):
//! copying then goes through the terminal, which is what reaches the writer's own machine. The clipboard looks again before it
//! calls a library ([`is_local`]).
//!
//! With `nn/gemm.rs` and `store/file_bytes.rs` this is one of the three files in which unsafe code is allowed.
#![allow(
    unsafe_code,
    reason = "the variables of a process can be changed in no other way; the call says why it is safe"
)]

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path};

/// The variable that names the X server.
const DISPLAY: &str = "DISPLAY";
/// The variable that names the Wayland compositor.
const WAYLAND_DISPLAY: &str = "WAYLAND_DISPLAY";
/// The variable that hands over a connection to one, whoever made it. The library would take it out beside other threads.
const WAYLAND_SOCKET: &str = "WAYLAND_SOCKET";
/// The folder of a Wayland display that is a mere name.
const RUNTIME_FOLDER: &str = "XDG_RUNTIME_DIR";
/// What a name begins with from which only the socket of this machine is ever opened.
const SOCKET: &str = "unix/:";

/// Rewrites the variables so that no connection is made from them. Call it before the first thread starts: with other
/// threads running it changes nothing, and the desktop's clipboard is not used.
pub fn keep_local() {
    let changes = changes(|name| std::env::var_os(name));
    if changes.is_empty() || !is_single_threaded() {
        return;
    }
    for (name, value) in changes {
        // SAFETY: no other thread can read or write a variable meanwhile. Linux confirms that there is none; elsewhere
        // this is the first thing that the program does.
        unsafe {
            match value {
                Some(value) => std::env::set_var(name, value),
                None => std::env::remove_var(name),
            }
        }
    }
}

/// Whether the variables as they stand lead to no connection.
pub fn is_local() -> bool {
    changes(|name| std::env::var_os(name)).is_empty()
}

/// The variables that have to change so that no connection is made from them, each with its new value; `None` takes it out.
fn changes(variable: impl Fn(&str) -> Option<OsString>) -> Vec<(&'static str, Option<OsString>)> {
    let folder = variable(RUNTIME_FOLDER);
    let allowed = |name: &str, value: &OsStr| match name {
        DISPLAY => local(value).map(OsString::from),
        WAYLAND_DISPLAY => is_socket_path(value, folder.as_deref()).then(|| value.to_owned()),
        _ => None,
    };
    let change = |name| {
        let value = variable(name)?;
        let allowed = allowed(name, &value);
        (allowed.as_ref() != Some(&value)).then_some((name, allowed))
    };
    [DISPLAY, WAYLAND_DISPLAY, WAYLAND_SOCKET].into_iter().filter_map(change).collect()
}

/// Whether `named` is an absolute path, or a mere name in `folder`: what the library opens is then a file of this machine.
fn is_socket_path(named: &OsStr, folder: Option<&OsStr>) -> bool {
    let is_name = Path::new(named).components().eq([Component::Normal(named)]);
    Path::new(named).is_absolute()
        || (is_name && folder.is_some_and(|folder| Path::new(folder).is_absolute()))
}

/// The socket that `named` means, in the form from which the library opens nothing else; `None` if it is no socket of
/// this machine.
fn local(named: &OsStr) -> Option<String> {
    let named = named.to_str()?;
    let (host, place) = named.rsplit_once(':')?;
    if !(host.is_empty() || host == "unix" || host.starts_with("unix/")) {
        return None;
    }
    let (display, screen) = place.split_once('.').unwrap_or((place, "0"));
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u16>().ok());
    let (display, screen) = (number(display)??, number(screen)??);
    Some(format!("{SOCKET}{display}.{screen}"))
}

#[cfg(target_os = "linux")]
fn is_single_threaded() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

#[cfg(not(target_os = "linux"))]
fn is_single_threaded() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_of_this_machine_are_left() {
        for (named, expected) in [
            (":0", Some("unix/:0.0")),
            (":17.2", Some("unix/:17.2")),
            ("unix:1", Some("unix/:1.0")),
            ("unix/:0.0", Some("unix/:0.0")),
            ("unix/host:3", Some("unix/:3.0")),
            ("host:0", None),
            ("localhost:10.0", None),
            ("127.0.0.1:0", None),
            ("tcp/:0", None),
            ("tcp/localhost:0", None),
            ("inet6/::1:0", None),
            ("::1:0", None),
            ("[::1]:0", None),
            ("host::0", None),
            ("unixx:0", None),
            ("/private/tmp/launch/org.x:0", None),
            ("", None),
            (":", None),
            (":0.x", None),
            (":-1", None),
            (":+1", None),
            (":65536", None),
            (":0.0.0", None),
        ] {
            assert_eq!(local(OsStr::new(named)).as_deref(), expected, "{named}");
        }
        let rewritten = local(OsStr::new(":5")).unwrap();
        assert_eq!(local(OsStr::new(&rewritten)), Some(rewritten));
    }

    #[test]
    fn a_wayland_display_is_a_path_or_a_name_in_the_folder_for_it() {
        for (named, folder, expected) in [
            ("wayland-0", Some("/run/user/1000"), true),
            ("/run/user/1000/wayland-0", None, true),
            ("wayland-0", None, false),
            ("wayland-0", Some(""), false),
            ("wayland-0", Some("run"), false),
            ("", Some("/run/user/1000"), false),
            (".", Some("/run/user/1000"), false),
            ("..", Some("/run/user/1000"), false),
            ("../wayland-0", Some("/run/user/1000"), false),
            ("sub/wayland-0", Some("/run/user/1000"), false),
            ("wayland-0/", Some("/run/user/1000"), false),
            ("tcp://127.0.0.1:1", Some("/run/user/1000"), false),
        ] {
            let folder = folder.map(OsStr::new);
            assert_eq!(is_socket_path(OsStr::new(named), folder), expected, "{named} {folder:?}");
        }
    }

    #[test]
    fn what_is_not_local_is_rewritten_or_taken_out_and_then_nothing_is_left_to_change() {
        let mut variables = std::collections::HashMap::from([
            (DISPLAY, ":1"),
            (WAYLAND_DISPLAY, "sub/wayland-0"),
            (WAYLAND_SOCKET, "3"),
            (RUNTIME_FOLDER, "/run/user/1000"),
        ]);
        let found = |variables: &std::collections::HashMap<&str, &str>| {
            changes(|name| variables.get(name).map(OsString::from))
        };
        let expected = [(DISPLAY, Some("unix/:1.0".into())), (WAYLAND_DISPLAY, None), (WAYLAND_SOCKET, None)];
        assert_eq!(found(&variables), expected);
        variables.insert(DISPLAY, "unix/:1.0");
        variables.insert(WAYLAND_DISPLAY, "wayland-0");
        variables.remove(WAYLAND_SOCKET);
        assert_eq!(found(&variables), []);
    }
}
