#!/usr/bin/env bash
# Installs what a part of the build needs and the machine lacks; does nothing where it is there already.
#
#   tools/setup.sh rust       cargo and rustc, new enough
#   tools/setup.sh node       Node.js and npm, new enough
#   tools/setup.sh wasm       the WebAssembly standard library, wasm-bindgen
#   tools/setup.sh browsers   Chromium and chromedriver; Firefox and WebKitGTK if they can be had
#   tools/setup.sh lint       cargo-deny
#   tools/setup.sh fuzz       cargo-fuzz, and rustup's nightly Rust if it can be had
#   tools/setup.sh valgrind   Valgrind, for counting instructions
#   tools/setup.sh python     a Python environment for measuring and comparing: numpy, scipy, Pillow; cjpeg if it can be had
#   tools/setup.sh peers      a Python environment with what make bench compares with, if pip can have it
#
# Tools built from source are kept in ${XDG_CACHE_HOME:-~/.cache}/tarnkappe and shared by all checkouts.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/common.sh

# A registry that hangs must not hang the set-up: the fallback is tried after this many seconds.
rustup_timeout=180

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_apt() { have apt-get && { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }; }

# apt_install PACKAGE…: false where it can't be done; the package lists are fetched only when the first try fails.
apt_install() {
  ! dpkg --status "$@" >/dev/null 2>&1 || return 0
  can_apt || return 1
  say "installing from Debian: $*"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
    -o DPkg::Lock::Timeout=300 "$@")
  as_root "${install[@]}" >&2 && return
  as_root apt-get update -qq >&2 && as_root "${install[@]}" >&2
}

# need_apt PURPOSE PACKAGE…: like apt_install, but says what a person has to do instead, and stops.
need_apt() {
  local purpose=$1
  shift
  apt_install "$@" && return
  if ! have apt-get; then
    die "$purpose is missing, and this is not a Debian system: please install what Debian calls $*."
  elif ! can_apt; then
    die "$purpose is missing, and installing it needs root. Please run:" "  sudo apt-get install $*"
  fi
  die "$purpose is missing, and apt-get could not install $* (see above)."
}

# version_at_least WANTED ACTUAL
version_at_least() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n1) == "$1" ]]; }

setup_rust() {
  have_all cargo cc || need_apt "a Rust toolchain (https://rustup.rs)" rustc-web cargo-web gcc libc6-dev
  local wanted actual
  wanted=$(awk -F'"' '/^rust-version/ { print $2 }' Cargo.toml)
  actual=$(rustc --version | awk '{ print $2 }')
  version_at_least "$wanted" "$actual" ||
    die "rustc $actual is too old, $wanted is needed. With rustup: rustup update stable"
}

setup_node() {
  have_all node npm ||
    die "Node.js 20 or newer with npm is needed, and Debian 12 has only 18: see https://nodejs.org/en/download"
  local actual
  actual=$(node --version)
  version_at_least 20 "${actual#v}" || die "Node.js $actual is too old, 20 is needed: see https://nodejs.org/en/download"
}

# cargo_tool CRATE VERSION FOLDER
cargo_tool() {
  local command=$1
  [[ $command != wasm-bindgen-cli ]] || command=wasm-bindgen
  [[ ! -x $3/bin/$command ]] || return 0
  say "building $1 $2 (once on this machine; some minutes)"
  local install=(env -u CARGO_TARGET_DIR cargo install --quiet --root "$3" "$1@$2")
  "${install[@]}" --locked && return
  # A lock file may name a version that the registry in use no longer or not yet has.
  say "$1: its own lock file could not be followed, trying without"
  "${install[@]}" || die "$1 $2 could not be built (see above)."
}

add_rustup_target() {
  have rustup || return 1
  say "adding rustup's target $wasm_target"
  timeout "$rustup_timeout" rustup target add "$wasm_target" >&2 && has_wasm_std "$(rustc --print sysroot)"
}

# Puts the standard library, built from Debian's sources, into a sysroot of our own around Debian's compiler, so that
# nothing in /usr changes and cargo needs no unstable flag afterwards.
build_debian_std() {
  need_apt "the WebAssembly standard library (rustup could not add it)" rustc-web cargo-web rust-web-src lld-19
  local sysroot work
  sysroot=$(debian_sysroot)
  ! has_wasm_std "$sysroot" || return 0
  say "building the WebAssembly standard library (once on this machine; some minutes)"
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/build.XXXXXX")
  # shellcheck disable=SC2064  # expanded now, because the variable is gone when the trap runs
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/empty/src" "$work/sysroot/bin" "$work/sysroot/lib/rustlib/$wasm_target/lib"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/empty/Cargo.toml"
  : >"$work/empty/src/lib.rs"
  # std: what crates link; panic_abort: its panic runtime here; test: what the browser tests link. Without the
  # bitcode, link-time optimisation fails.
  (
    cd "$work/empty"
    env -u CARGO_TARGET_DIR PATH="/usr/bin:/bin" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
      RUSTFLAGS='-C embed-bitcode=yes' CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
      /usr/bin/cargo build --quiet --release -Zbuild-std=std,panic_abort,test --target "$wasm_target"
  ) || die "the WebAssembly standard library could not be built (see above)."
  find "$work/empty/target/$wasm_target/release" -name '*.rlib' ! -name 'libempty*' \
    -exec cp -t "$work/sysroot/lib/rustlib/$wasm_target/lib" {} +
  link_debian_compiler "$work/sysroot" "$sysroot"
  rm -rf "$sysroot"
  mv "$work/sysroot" "$sysroot"
  # cargo does not notice a standard library that was built anew.
  rm -rf "${CARGO_TARGET_DIR:-target}"/{,relaxed/}"$wasm_target"
}

# link_debian_compiler FOLDER SYSROOT: makes FOLDER, to be moved to SYSROOT, a toolchain with Debian's compiler.
link_debian_compiler() {
  local host
  host=$(/usr/bin/rustc -vV | awk '/^host:/ { print $2 }')
  ln -s "/usr/lib/rustlib/$host" "$1/lib/rustlib/$host"
  ln -s /usr/bin/cargo /usr/bin/cargo-clippy /usr/bin/clippy-driver "$1/bin/"
  printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$2" >"$1/bin/rustc"
  chmod +x "$1/bin/rustc"
}

setup_wasm_std() {
  [[ $(wasm_toolchain) == none ]] || return 0
  [[ ${WASM_TOOLCHAIN:-} == debian ]] || ! add_rustup_target || return 0
  build_debian_std
}

setup_wasm() {
  setup_rust
  setup_wasm_std
  cargo_tool wasm-bindgen-cli "$wasm_bindgen_version" "$wasm_bindgen_dir"
}

setup_browsers() {
  have_all chromium chromedriver || need_apt "Chromium with its driver" chromium chromium-driver
  have firefox-esr || apt_install firefox-esr ||
    say "Firefox is missing (Debian: firefox-esr): its smoke test will be skipped"
  have_all WebKitWebDriver Xvfb || apt_install webkit2gtk-driver xvfb ||
    say "WebKitGTK is missing (Debian: webkit2gtk-driver xvfb): its smoke test will be skipped"
}

setup_lint() {
  setup_rust
  cargo clippy --version >/dev/null 2>&1 ||
    die "clippy is missing. With rustup: rustup component add clippy rustfmt; with Debian's Rust: rust-web-clippy"
  [[ $(wasm_toolchain) != debian ]] || need_apt "clippy for the compiler that builds for WebAssembly" rust-web-clippy
  cargo_tool cargo-deny "$cargo_deny_version" "$cargo_deny_dir"
}

# Without nightly Rust the stable one is told to take nightly's options (fuzz_cargo).
setup_fuzz() {
  if ! has_nightly && have rustup; then
    timeout "$rustup_timeout" rustup toolchain install nightly --profile minimal >&2 ||
      say "nightly Rust cannot be had; the fuzz targets are built with the stable one"
  fi
  cargo_tool cargo-fuzz "$cargo_fuzz_version" "$cargo_fuzz_dir"
}

setup_python() {
  have cjpeg || apt_install libjpeg-turbo-progs ||
    say "cjpeg is missing (Debian: libjpeg-turbo-progs): rare samplings of JPEG will not be compared"
  ! "$python_dir/bin/python" -c 'import numpy, scipy, PIL' 2>/dev/null || return 0
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_apt "Python with its module venv" python3-venv
  say "making a Python environment with numpy, scipy and Pillow"
  python3 -m venv --clear "$python_dir" && "$python_dir/bin/pip" install --quiet "numpy<3" "scipy<2" "pillow<13" ||
    die "the Python environment could not be made (see above)."
}

# Without it that part of the measurement is skipped. deface takes OpenCV's slower engine where onnx is missing.
setup_peers() {
  [[ ! -x $peers_dir/bin/deface ]] || return 0
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_apt "Python with its module venv" python3-venv
  say "making a Python environment with onnxruntime and deface"
  python3 -m venv --clear "$peers_dir" && "$peers_dir/bin/pip" install --quiet onnxruntime==1.31.1 onnx==1.23.2 deface==1.5.0 && return
  rm -rf "$peers_dir"
  say "pip could not install onnxruntime and deface: they will not be compared with"
}

setup_valgrind() { have valgrind || need_apt "Valgrind" valgrind; }

for part in "$@"; do
  case $part in
    rust | node | wasm | browsers | lint | fuzz | python | peers | valgrind) "setup_$part" ;;
    *) die "unknown part: $part" ;;
  esac
done
