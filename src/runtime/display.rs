//! No connection is ever made: `DISPLAY` may name only sockets of this machine's own desktop.
//!
//! The library that talks to an X server reads `DISPLAY` itself. From `host:0` it makes a TCP connection, and from `:0` too when the
//! desktop's socket does not answer. Written `unix/:0` it knows the socket alone. So the variable is rewritten before anything can read it,
//! and what names another machine (`ssh -X` does) is taken out: copying then goes through the terminal, which is what reaches the
//! writer's own machine. The clipboard looks again before it asks the library ([`is_local`]).
//!
//! With `nn/gemm.rs` and `store/file_bytes.rs` this is one of the three files in which unsafe code is allowed.
#![allow(
    unsafe_code,
    reason = "the variables of a process can be changed in no other way; the call says why it is safe"
)]

use std::ffi::OsStr;

/// The variable that names the X server.
const DISPLAY: &str = "DISPLAY";
/// What a name begins with from which only the socket of this machine is ever opened.
const SOCKET: &str = "unix/:";

/// Rewrites `DISPLAY` so that no connection is made from it. Call it before the first thread starts: with other
/// threads running it changes nothing, and the desktop's clipboard is not used.
pub fn keep_local() {
    let Some(named) = std::env::var_os(DISPLAY) else { return };
    let local = local(&named);
    if local.as_deref().map(OsStr::new) == Some(&named) || !is_single_threaded() {
        return;
    }
    // SAFETY: no other thread can read or write a variable meanwhile. Linux confirms that there is none; elsewhere
    // this is the first thing that the program does.
    unsafe {
        match local {
            Some(local) => std::env::set_var(DISPLAY, local),
            None => std::env::remove_var(DISPLAY),
        }
    }
}

/// Whether the variable as it stands leads to no connection.
pub fn is_local() -> bool {
    std::env::var_os(DISPLAY)
        .is_none_or(|named| local(&named).as_deref().map(OsStr::new) == Some(named.as_os_str()))
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
}
