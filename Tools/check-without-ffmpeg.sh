#!/usr/bin/env bash
# Compiles the reader of videos as it is where FFmpeg is not installed, and lets it refuse one.
#
#     Tools/check-without-ffmpeg.sh
#
# Exit status: 0 all is well, 1 it is not, 77 there is no C compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compiler=${CC:-clang}
if ! command -v "$compiler" >/dev/null; then
    echo "not checked: there is no $compiler"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$compiler" -std=gnu11 -O1 -Wall -Wextra -Werror -I Sources/CSaccadeVideo/include Tools/without_ffmpeg_check.c \
    Sources/CSaccadeVideo/*.c -o "$folder/check"
"$folder/check"
