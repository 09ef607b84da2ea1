#!/usr/bin/env bash
# oneDNN lists each implementation of an operation twice once its primitive cache holds them.
#
# Whoever wants to time several implementations walks through them: dnnl_primitive_desc_iterator_next in oneDNN 2,
# dnnl_primitive_desc_next_impl in oneDNN 3. The list should depend on the operation and the machine. It depends on what
# the process has compiled before as well: walk, compile each primitive, walk again, and the second walk meets every
# implementation twice (an entry of the cache takes the next place in the list without moving on). With a limit on how
# many to look at, the last ones are never met; "the second of this name" means two things in one process.
# With ONEDNN_PRIMITIVE_CACHE_CAPACITY=0, or dnnl_set_primitive_cache_capacity(0), both walks agree.
#
# Seen on 2026-11-28, x86-64, with PyPI's onednn-cpu-gomp 2022.2.1 (oneDNN 2.6.0) and 2023.2.0 (oneDNN 3.2.0); Debian 12's
# libdnnl 2.6.3 does the same:
#     oneDNN 2.6.0: 6 implementations, then 12; without the cache 6, then 6
#     oneDNN 3.2.0: 7 implementations, then 14; without the cache 7, then 7
# (How many there are is the processor's: these are of one with AVX-512.)
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >walk.c <<'END'
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>

static dnnl_engine_t engine;

static void check(dnnl_status_t status) {
    if (status != dnnl_success) exit(2);
}

// How many implementations a 3x3 convolution has; with `compiles`, each is compiled and let go.
static int walk(int compiles) {
    dnnl_dims_t source = {1, 64, 56, 56}, weights = {64, 64, 3, 3}, one = {1, 1};
    int count = 0;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_dims_t zero = {0, 0};
    dnnl_memory_desc_t s, w;
    dnnl_primitive_desc_t pd;
    check(dnnl_memory_desc_create_with_tag(&s, 4, source, dnnl_f32, dnnl_format_tag_any));
    check(dnnl_memory_desc_create_with_tag(&w, 4, weights, dnnl_f32, dnnl_format_tag_any));
    check(dnnl_convolution_forward_primitive_desc_create(
        &pd, engine, dnnl_forward_inference, dnnl_convolution_direct, s, w, NULL, s, one, zero, one, one, NULL));
    do {
        dnnl_primitive_t primitive;
        if (compiles) check(dnnl_primitive_create(&primitive, pd)), dnnl_primitive_destroy(primitive);
        count++;
    } while (dnnl_primitive_desc_next_impl(pd) == dnnl_success);
#else
    dnnl_memory_desc_t s, w;
    dnnl_convolution_desc_t convolution;
    dnnl_primitive_desc_iterator_t iterator;
    check(dnnl_memory_desc_init_by_tag(&s, 4, source, dnnl_f32, dnnl_format_tag_any));
    check(dnnl_memory_desc_init_by_tag(&w, 4, weights, dnnl_f32, dnnl_format_tag_any));
    check(dnnl_convolution_forward_desc_init(
        &convolution, dnnl_forward_inference, dnnl_convolution_direct, &s, &w, NULL, &s, one, one, one));
    check(dnnl_primitive_desc_iterator_create(&iterator, &convolution, NULL, engine, NULL));
    do {
        dnnl_primitive_desc_t pd = dnnl_primitive_desc_iterator_fetch(iterator);
        dnnl_primitive_t primitive;
        if (compiles) check(dnnl_primitive_create(&primitive, pd)), dnnl_primitive_destroy(primitive);
        dnnl_primitive_desc_destroy(pd);
        count++;
    } while (dnnl_primitive_desc_iterator_next(iterator) == dnnl_success);
#endif
    return count;
}

int main(void) {
    check(dnnl_engine_create(&engine, dnnl_cpu, 0));
    const dnnl_version_t *v = dnnl_version();
    int first = walk(1), second = walk(0);
    printf("%d.%d.%d %d %d\n", v->major, v->minor, v->patch, first, second);
}
END

changed=0
for release in 2022.2.1 2023.2.0; do
    for package in onednn-devel-cpu-gomp onednn-cpu-gomp; do
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
            --platform manylinux1_x86_64 --dest "$release" "$package==$release" ||
            { echo "$package $release cannot be downloaded"; exit 77; }
    done
    for wheel in "$release"/*.whl; do python3 -m zipfile -e "$wheel" "$release"; done
    include=$(dirname "$(dirname "$(dirname "$(find "$release" -path '*/oneapi/dnnl/dnnl.h' -print -quit)")")")
    library=$(find "$release" -name 'libdnnl.so.[23]' -print -quit)
    ${CC:-cc} -I "$include" walk.c "$library" -o "walk-$release"
    export LD_LIBRARY_PATH=$PWD/${library%/*}
    read -r version first second < <("./walk-$release")
    read -r _ plain_first plain_second < <(ONEDNN_PRIMITIVE_CACHE_CAPACITY=0 "./walk-$release")
    echo "oneDNN $version: $first implementations, then $second; without the cache $plain_first, then $plain_second"
    [[ $second == $((2 * first)) && $plain_first == "$first" && $plain_second == "$first" ]] || changed=1
done
[[ $changed == 0 ]] || echo "this is not what was seen"
exit $changed
