#!/usr/bin/env bash
# Compiles the bridge to oneDNN against version 3's headers, whatever version the machine has.
#
#     Tools/check-onednn-v3.sh
#
# The headers come from PyPI's onednn-devel, once, into .build. Exit status: 0 it compiles, 1 it does not,
# 77 the headers cannot be had (the output says why).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "not checked: $1"
    exit 77
}

folder=.build/onednn-v3
include=$(find "$folder" -path '*/include/oneapi/dnnl/dnnl.h' 2>/dev/null | head -n 1 || true)
if [[ -z $include ]]; then
    command -v python3 >/dev/null || skip "python3 is not installed"
    mkdir -p .build
    fresh=$(mktemp -d .build/onednn-v3.XXXXXX)
    trap 'rm -rf "$fresh"' EXIT
    if ! log=$(timeout 60 python3 -m pip download --quiet --disable-pip-version-check --no-deps --timeout 10 \
        --retries 0 --only-binary :all: --platform manylinux_2_28_x86_64 --dest "$fresh" onednn-devel 2>&1); then
        skip "pip cannot download onednn-devel: $(echo "$log" | tail -n 1)"
    fi
    python3 -m zipfile -e "$fresh"/*.whl "$fresh" || skip "the package onednn-devel cannot be unpacked"
    rm -rf "$folder"
    mv "$fresh" "$folder"
    include=$(find "$folder" -path '*/include/oneapi/dnnl/dnnl.h' | head -n 1)
    [[ -n $include ]] || skip "the package onednn-devel holds no dnnl.h"
fi
include=${include%/oneapi/dnnl/dnnl.h}

version=$(sed -n 's/^#define DNNL_VERSION_MAJOR \([0-9]*\)$/\1/p' "$include/oneapi/dnnl/dnnl_version.h")
[[ $version == 3 ]] || skip "onednn-devel has version ${version:-unknown} of the headers, not 3"
for source in Sources/CSaccadeOneDNN/*.c; do
    # The package's headers must be found before the machine's own.
    ${CC:-clang} -fsyntax-only -std=gnu11 -Wall -Werror -I "$include" -I Sources/CSaccadeOneDNN/include \
        -I Sources/CSaccadeThreads/include "$source"
done
echo "the bridge compiles against oneDNN $version"
