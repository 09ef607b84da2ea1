# Sourced by ./saccade and ./test: makes sure that a Swift toolchain and the system libraries are there.
# Looks for files, never asks the package manager, so that a machine with everything in place loses no time.

# One line per requirement: Debian package | Homebrew formula | what for | files, any of which will do (below /usr
# or /usr/local; a name that starts with @ is a command).
requirements='
git|git|to fetch Swift packages|@git
pkg-config|pkg-config|to find libraries|@pkg-config
libdnnl-dev|onednn|for the arithmetic of networks|include/dnnl.h include/oneapi/dnnl/dnnl.h
libturbojpeg0-dev|jpeg-turbo|to read JPEG|include/turbojpeg.h
libpng-dev|libpng|to read and write PNG|include/png.h
libwebp-dev|webp|to read and write WebP|include/webp/demux.h
libgif-dev|giflib|to read GIF|include/gif_lib.h
libtiff-dev|libtiff|to read TIFF|include/tiffio.h include/x86_64-linux-gnu/tiffio.h include/aarch64-linux-gnu/tiffio.h
libcairo2-dev|cairo|to draw|include/cairo/cairo.h
fonts-dejavu-core||to letter drawings|share/fonts/truetype/dejavu/DejaVuSans.ttf share/fonts/dejavu/DejaVuSans.ttf
libsimdjson-dev|simdjson|to read annotations|include/simdjson.h
zlib1g-dev|zlib|to read .gz files|include/zlib.h
libssl-dev|openssl@3|to check downloads|include/openssl/evp.h
libsqlite3-dev||to keep the list of runs|include/sqlite3.h
liblinear-dev|liblinear|to train linear classifiers|include/linear.h
liblapacke-dev||for least squares and singular values|include/lapacke.h
libopenblas-serial-dev|openblas|to compute these fast|lib/x86_64-linux-gnu/libopenblas.so lib/aarch64-linux-gnu/libopenblas.so lib/libopenblas.so
'

# What one feature needs and the program can do without, which then says what to install: ./test has it, ./saccade builds
# with what it finds.
optional='
libavformat-dev|ffmpeg|to read videos|include/libavformat/avformat.h include/x86_64-linux-gnu/libavformat/avformat.h include/aarch64-linux-gnu/libavformat/avformat.h
libavcodec-dev|ffmpeg|to decode them|include/libavcodec/avcodec.h include/x86_64-linux-gnu/libavcodec/avcodec.h include/aarch64-linux-gnu/libavcodec/avcodec.h
libswscale-dev|ffmpeg|to make RGB of them|include/libswscale/swscale.h include/x86_64-linux-gnu/libswscale/swscale.h include/aarch64-linux-gnu/libswscale/swscale.h
'

# Prints one clear sentence and stops.
stop() {
    echo "saccade: $1" >&2
    exit 1
}

# Succeeds when one of the files (or commands) of a requirement is there.
is_present() {
    local file
    for file in $1; do
        if [[ $file == @* ]]; then
            if command -v "${file#@}" >/dev/null; then return 0; fi
        elif [[ -e /usr/$file || -e /usr/local/$file ]]; then
            return 0
        fi
    done
    return 1
}

# Installs what is missing of a list ($requirements unless another is given), after one line that says what and why.
require_libraries() {
    local debian brew reason files prefix='' packages='' wanted=''
    if [[ $OSTYPE == darwin* ]]; then
        prefix=/opt/homebrew
        [[ -d $prefix ]] || prefix=/usr/local
    fi
    while IFS='|' read -r debian brew reason files; do
        if [[ -n $prefix ]]; then
            # Homebrew keeps a link to every installed formula here. The system has a font and a git of its own.
            if [[ -z $brew || $brew == git || -e $prefix/opt/$brew || $packages == *" $brew" ]]; then continue; fi
            debian=$brew
        elif [[ -z $debian ]] || is_present "$files"; then
            continue
        fi
        packages+=" $debian"
        wanted+="${wanted:+, }$debian $reason"
    done <<<"${1:-$requirements}"
    if [[ -n $packages ]]; then
        if [[ -n $prefix ]]; then install_with_brew "$packages" "$wanted"; else install_with_apt "$packages" "$wanted"; fi
    fi
    if [[ -n $prefix ]]; then
        # Homebrew's place is not on the compiler's default paths, and OpenBLAS, beside Apple's own, in none of its folders.
        export CPATH="$prefix/include:$prefix/opt/openblas/include${CPATH:+:$CPATH}"
        export LIBRARY_PATH="$prefix/lib:$prefix/opt/openblas/lib${LIBRARY_PATH:+:$LIBRARY_PATH}"
        export PKG_CONFIG_PATH="$prefix/opt/zlib/lib/pkgconfig:$prefix/opt/openssl@3/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
    fi
}

# Tells the build whether FFmpeg is there; it would remember what it found the first time.
find_optional_libraries() {
    local debian brew reason files
    if [[ ${SACCADE_FFMPEG:-1} == 0 ]]; then return; fi
    export SACCADE_FFMPEG=1
    while IFS='|' read -r debian brew reason files; do
        if [[ -n $debian && $OSTYPE != darwin* ]] && ! is_present "$files"; then SACCADE_FFMPEG=missing; fi
        if [[ -n $brew && $OSTYPE == darwin* && ! -e /opt/homebrew/opt/$brew && ! -e /usr/local/opt/$brew ]]; then
            SACCADE_FFMPEG=missing
        fi
    done <<<"$optional"
}

install_with_brew() {
    command -v brew >/dev/null ||
        stop "missing:$1, and there is no Homebrew to install with; get it from https://brew.sh, then run this again."
    echo "saccade: installing with Homebrew: $2." >&2
    # shellcheck disable=SC2086 # a list of formula names
    brew install --quiet $1 </dev/null >&2 ||
        stop "Homebrew could not install$1 (see above); is there a network? Install them, then run this again."
}

install_with_apt() {
    local log as_root=()
    command -v apt-get >/dev/null ||
        stop "missing:$1 (Debian's names), and there is no apt-get here; install them your system's way, then run this again."
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null ||
            stop "missing:$1, and neither root rights nor sudo to install them; as root: apt-get install$1"
        as_root=(sudo)
        # With nobody to ask for a password, fail instead of waiting for one.
        if [[ ! -t 2 ]]; then as_root+=(-n); fi
    fi
    echo "saccade: installing with apt: $2." >&2
    log=$(mktemp)
    # An update may fail for one unrelated source: what counts is whether the installation succeeds.
    # shellcheck disable=SC2086 # a list of package names
    if ! {
        ${as_root[@]+"${as_root[@]}"} apt-get update || true
        ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get \
            -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $1
    } </dev/null >"$log" 2>&1; then
        grep -E '^(E|W|Err|sudo):' "$log" | tail -n 6 >&2 || tail -n 6 "$log" >&2
        rm -f "$log"
        stop "apt could not install$1 (see above); is there a network, and may you install? Then run this again."
    fi
    rm -f "$log"
}

# The toolchain is asked for its version only before a build: starting it costs a quarter of a second.
require_swift() {
    local version
    command -v swift >/dev/null ||
        stop "no Swift on the PATH; install Swift 6.2 or newer from https://swift.org/install, then run this again."
    version=$(swift --version 2>/dev/null) || stop "swift --version fails: this Swift toolchain does not work here."
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || stop "cannot read the version of Swift from: $version"
    if ((BASH_REMATCH[1] < 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] < 2))); then
        stop "Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} is too old; install Swift 6.2 or newer from https://swift.org/install."
    fi
}
