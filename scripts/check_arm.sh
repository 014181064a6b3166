#!/usr/bin/env bash
# Runs the tests of the arithmetic on ARM's instructions, in an emulator.
#
# Install: apt install qemu-user gcc-aarch64-linux-gnu && rustup target add aarch64-unknown-linux-gnu
# Run:     scripts/check_arm.sh            (with --is-possible: only says whether all that is installed)
set -euo pipefail
cd "$(dirname "$0")/.."

target=aarch64-unknown-linux-gnu
is_possible() {
    command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null &&
        test -d "$(rustc --print sysroot)/lib/rustlib/$target/lib"
}
if [ "${1:-}" = --is-possible ]; then
    is_possible
    exit
fi
if ! is_possible; then
    echo "check_arm: qemu-aarch64, aarch64-linux-gnu-gcc or Rust's $target is missing; see the first lines of scripts/check_arm.sh" >&2
    exit 1
fi
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
cargo test --locked -p foreword-model --lib --target "$target" nn::
