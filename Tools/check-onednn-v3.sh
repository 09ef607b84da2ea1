#!/usr/bin/env bash
# Compiles the bridge to oneDNN against version 3, whatever version the machine has, and lets it compute there.
#
#     Tools/check-onednn-v3.sh
#
# Headers and library come from PyPI's onednn-devel-cpu-gomp and onednn-cpu-gomp, once, into .build. Exit status: 0 all
# is well, 1 it is not, 77 the packages cannot be had (the output says why).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "not checked: $1"
    exit 77
}

folder=.build/onednn-v3-gomp
if [[ ! -d $folder ]]; then
    command -v python3 >/dev/null || skip "python3 is not installed"
    mkdir -p .build
    fresh=$(mktemp -d .build/onednn-v3.XXXXXX)
    trap 'rm -rf "$fresh"' EXIT
    for package in onednn-devel-cpu-gomp onednn-cpu-gomp; do
        if ! log=$(timeout 120 python3 -m pip download --quiet --disable-pip-version-check --no-deps --timeout 10 \
            --retries 0 --only-binary :all: --platform manylinux1_x86_64 --dest "$fresh" "$package" 2>&1); then
            skip "pip cannot download $package: $(echo "$log" | tail -n 1)"
        fi
    done
    for wheel in "$fresh"/*.whl; do
        python3 -m zipfile -e "$wheel" "$fresh" || skip "$wheel cannot be unpacked"
    done
    rm -f "$fresh"/*.whl
    mv "$fresh" "$folder"
fi
header=$(find "$folder" -path '*/include/oneapi/dnnl/dnnl.h' -print -quit)
library=$(find "$folder" -name 'libdnnl.so.3' -print -quit)
[[ -n $header && -n $library ]] || skip "$folder holds no oneDNN; remove it and try again"
include=${header%/oneapi/dnnl/dnnl.h}

version=$(sed -n 's/^#define DNNL_VERSION_MAJOR \([0-9]*\)$/\1/p' "$include/oneapi/dnnl/dnnl_version.h")
[[ $version == 3 ]] || skip "the package has version ${version:-unknown} of the headers, not 3"
# The package's headers must be found before the machine's own.
${CC:-clang} -std=gnu11 -O1 -Wall -Werror -I "$include" -I Sources/CSaccadeOneDNN/include \
    -I Sources/CSaccadeOneDNN -I Sources/CSaccadeThreads/include Tools/onednn_v3_check.c Sources/CSaccadeOneDNN/*.c \
    Sources/CSaccadeThreads/*.c "$library" -lm -ldl -lpthread -o "$folder/check"
# Nothing may go well by luck: what is freed is overwritten, and no cache keeps what we let go.
MALLOC_PERTURB_=165 ONEDNN_PRIMITIVE_CACHE_CAPACITY=0 LD_LIBRARY_PATH=$(dirname "$library") "$folder/check"
