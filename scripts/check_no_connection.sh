#!/usr/bin/env bash
# Runs the editor (typing, copying, pasting) and a training under a trace of the system's calls, and looks for a socket that could
# reach a network. Needs strace and script (util-linux). Takes about half a minute with a release build:
#   scripts/check_no_connection.sh target/release/foreword
set -euo pipefail
foreword=$(realpath "${1:?the program to check}")
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/texts"
for day in 1 2 3 4 5; do
    for _ in {1..20}; do
        echo "Day $day. The keeper lit the lamp early, and the gannets came back."
    done > "$room/texts/$day.txt"
done
export FOREWORD_DATA_DIR="$room/data" TERM=xterm-256color
trace() { strace -f -qq -e trace=socket,connect,sendto -o "$room/$1.trace" "${@:2}"; }
for display in :77 localhost:77 127.0.0.1:77 tcp/localhost:77 host.invalid:0; do
    export DISPLAY=$display
    keys() { sleep 3; printf 'moor\001\003\033[C\026'; sleep 2; printf '\023'; sleep 1; printf '\021'; sleep 1; }
    keys | trace "editor${display//\//_}" timeout -s TERM 12 script -qec "'$foreword' '$room/note.md'" /dev/null > /dev/null || true
done
trace train "$foreword" train "$room/texts" --minutes 0.05 > /dev/null
if grep -E 'AF_INET|AF_NETLINK' "$room"/*.trace; then
    echo "a network socket was opened" >&2
    exit 1
fi
echo "no network socket in $(cat "$room"/*.trace | wc -l) calls on sockets"
