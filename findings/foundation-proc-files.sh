#!/usr/bin/env bash
# Foundation reads the first few kilobytes of a file in /proc and takes them for the whole, without an error.
#
# Files there have a length of 0 until they are read, and a read gives at most about a page at once, mostly less: whole lines
# of /proc/self/smaps that fit into 4096 bytes. `String(contentsOfFile:encoding:)` and `Data(contentsOf:)` stop after the first
# read; `FileHandle.readToEnd()` goes on until there is nothing left. Short files, such as /proc/self/status, are read whole by
# all three, so that code which was tried on those finds nothing of a process's mappings, or of the second half of
# /proc/cpuinfo on a machine with many cores.
#
# Seen on 2026-11-28, x86-64, Linux 6, Swift 6.3.1, of one process:
#     String 3790 bytes, Data 3790 bytes, FileHandle 78065 bytes of /proc/self/smaps
#
# Exit status: 0 it is still so, 1 it has changed, 77 there is no Swift or no /proc.
set -euo pipefail

command -v swiftc >/dev/null && [[ -r /proc/self/smaps ]] || { echo "swiftc and /proc/self/smaps are needed"; exit 77; }
swiftc --version 2>/dev/null | head -1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.swift <<'SWIFT'
import Foundation

let path = "/proc/self/smaps"
let text = try String(contentsOfFile: path, encoding: .utf8).utf8.count
let data = try Data(contentsOf: URL(fileURLWithPath: path)).count
let whole = try FileHandle(forReadingAtPath: path)?.readToEnd()?.count ?? 0
print("String \(text) bytes, Data \(data) bytes, FileHandle \(whole) bytes of \(path)")
exit(text < whole / 2 && data < whole / 2 ? 0 : 1)
SWIFT
swiftc main.swift -o read

if ./read; then exit 0; fi
echo "this is not what was seen"
exit 1
