#!/usr/bin/env bash
# Packs each crate of the workspace as it would be published, and refuses one that a registry would: `scripts/check_packages.sh [--no-verify]`.
# Without --no-verify each package is also unpacked and built.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly LARGEST=10485760
target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT

cargo package --quiet --locked --workspace --allow-dirty --target-dir "$target" "$@"
for package in "$target"/package/*.crate; do
    size=$(wc -c <"$package")
    printf '%9d  %s\n' "$size" "$(basename "$package")"
    if ((size > LARGEST)); then
        echo "$(basename "$package") is larger than the $LARGEST bytes that a registry takes" >&2
        exit 1
    fi
done
