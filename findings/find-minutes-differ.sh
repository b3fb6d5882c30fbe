#!/usr/bin/env bash
# Four `find`s agree on `-mmin -2` and on nothing else: a file of 90 seconds is 2 minutes old, or 1, or of no whole minute.
#
# Versions:  GNU findutils 4.9.0, BusyBox 1.35.0, toybox 0.8.9, bfs 2.6.1 (Debian 12)
# Guess:     `find -mmin +1` lists what is older than a minute, with each of them; so a cleaner that runs in a container based on
#            Alpine deletes what it deletes on Debian.
# Seen:      GNU rounds the age up and BusyBox and bfs cut it off: after 90 seconds GNU says `-mmin 2`, they `-mmin 1`. toybox
#            compares seconds, so that `-mmin N` lists nothing but what is N minutes old to the second. `-mmin +1` therefore lists
#            the file with GNU and toybox, and not before its 120th second with BusyBox and bfs, which calls itself a drop-in
#            replacement. `-mmin -2` lists it with all four, and none lists it so after 150 seconds.
# Output:    90 s, -mmin 1: BusyBox, bfs · -mmin 2: GNU · -mmin +1: GNU, toybox · -mmin -2: all
# Date:      2026-11-30
# Touches:   hooks and scripts in plain sh that tell a stale lock, a cache or a worker by the age of its file: only less-than is safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in findutils=4.9.0-4 busybox=1:1.35.0-4+deb12u1+b1 toybox=0.8.9+dfsg-1 bfs=2.6.1-1; do
    apt-get download -o APT::Sandbox::User=root "$package" >/dev/null
done
for archive in *.deb; do dpkg-deb -x "$archive" root; done
program() { find "$folder/root" -type f -path "*bin/$1" | head -n 1; }
gnu=$(program find) busybox=$(program busybox) toybox=$(program toybox) bfs=$(program bfs)

lists() { # seconds, a test: who lists a file of that age by it
    touch -d "-$1 seconds" aged
    said=
    [ -z "$("$gnu" aged -mmin "$2")" ] || said="$said GNU"
    [ -z "$("$busybox" find aged -mmin "$2")" ] || said="$said BusyBox"
    [ -z "$("$toybox" find aged -mmin "$2")" ] || said="$said toybox"
    [ -z "$("$bfs" aged -mmin "$2")" ] || said="$said bfs"
    echo "$said"
}
expect() { # seconds, a test, who is to list it
    found=$(lists "$1" "$2")
    [ "$found" = "$3" ] || { echo "changed: $1 s by -mmin $2:${found:- nobody}, not${3:- nobody}"; exit 1; }
}
expect 90 1 " BusyBox bfs"
expect 90 2 " GNU"
expect 90 +1 " GNU toybox"
expect 90 -2 " GNU BusyBox toybox bfs"
expect 150 +1 " GNU BusyBox toybox bfs"
expect 150 -2 ""
echo "as described: of a file of 90 seconds four finds tell three ages, and agree on -mmin -2"
