//! Whether the process that a file is named by still runs.

/// Whether a process of that number is running, other than this one: in a container every start may have the same number.
#[cfg(unix)]
pub(crate) fn is_other_alive(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let other = i32::try_from(process).ok().filter(|_| process != std::process::id()).and_then(Pid::from_raw);
    other.is_some_and(|other| test_kill_process(other) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
pub(crate) fn is_other_alive(process: u32) -> bool {
    // This system does not show it: files of other processes are left alone until they are old.
    process != std::process::id()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn running_processes_are_distinguished_from_ended_ones() {
        assert!(is_other_alive(std::os::unix::process::parent_id()));
        assert!(!is_other_alive(std::process::id()) && !is_other_alive(u32::MAX));
    }
}
