//! The `foreword` binary: parse, run, exit code.

fn main() -> std::process::ExitCode {
    foreword::cli::main()
}
