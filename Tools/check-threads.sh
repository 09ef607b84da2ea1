#!/usr/bin/env bash
# Drives the team of threads hard: many callers, barriers, forks, exceptions, strangers on the cores; as it is, and under
# ThreadSanitizer where the compiler has it.
#
#     Tools/check-threads.sh [REGIONS]
#
# Exit status: 0 all is well, 1 it is not (or a run did not end), 77 there is no C++ compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
regions=${1:-10000}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sources=(Sources/CSaccadeThreads/{team,waiting,placing}.c)

# build PROGRAM C-COMPILER C++-COMPILER FLAG…
build() {
    local program=$folder/$1 cc=$2 cxx=$3 source objects=()
    shift 3
    for source in "${sources[@]}"; do
        objects+=("$program.$(basename "$source").o")
        $cc "$@" -std=gnu11 -O1 -g -Wall -Werror -I Sources/CSaccadeThreads -c "$source" -o "${objects[-1]}" || return 1
    done
    $cxx "$@" -std=c++17 -O1 -g -Wall -I Sources/CSaccadeThreads Tools/threads_check.cpp "${objects[@]}" -pthread \
        -o "$program"
}

if command -v g++ >/dev/null; then
    compilers=(gcc g++)
elif command -v clang++ >/dev/null; then
    compilers=(clang clang++)
else
    echo "not checked: there is no C++ compiler"
    exit 77
fi

build plain "${compilers[@]}"
for strangers in 0 1 3; do
    "$folder/plain" 2 8 "$regions" $strangers 8
    # One caller has workers beside it, many have not.
    "$folder/plain" 2 1 "$regions" $strangers 8
    # More threads than cores, too: whoever waits for another must leave it a core.
    "$folder/plain" 4 8 "$regions" $strangers 8
done

if build sanitised "${compilers[@]}" -fsanitize=thread 2>"$folder/log"; then
    # It does not allow threads in children of fork.
    for strangers in 0 1 3; do "$folder/sanitised" 2 8 "$regions" $strangers 0; done
    "$folder/sanitised" 4 8 "$regions" 1 0
else
    echo "not under ThreadSanitizer: $(tail -n 1 "$folder/log")"
fi
