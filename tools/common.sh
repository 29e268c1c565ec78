# shellcheck shell=bash disable=SC2034  # the variables are for those who source this
# Shared by the set-up scripts; sourced, not run.

cache="${XDG_CACHE_HOME:-$HOME/.cache}/tarnkappe"

# Versions of the build tools. The one of wasm-bindgen follows Cargo.lock: its two halves must match exactly.
cargo_deny_version=0.20.2
cargo_fuzz_version=0.13.2
wasm_bindgen_version=$(awk '$1 == "name" && $3 == "\"wasm-bindgen\"" { getline; gsub(/"/, "", $3); print $3 }' \
  "$(dirname "${BASH_SOURCE[0]}")/../Cargo.lock")

wasm_bindgen_dir="$cache/wasm-bindgen-cli-$wasm_bindgen_version"
cargo_deny_dir="$cache/cargo-deny-$cargo_deny_version"
cargo_fuzz_dir="$cache/cargo-fuzz-$cargo_fuzz_version"
python_dir="$cache/python"
peers_dir="$cache/peers"

wasm_target=wasm32-unknown-unknown

say() { printf 'set-up: %s\n' "$*" >&2; }

die() {
  printf 'set-up: %s\n' "$@" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

have_all() {
  local command
  for command in "$@"; do have "$command" || return; done
}

has_nightly() { cargo +nightly --version >/dev/null 2>&1; }

# fuzz_cargo ARGUMENT…: cargo for the fuzz targets.
fuzz_cargo() {
  if has_nightly; then
    cargo +nightly "$@"
  else
    RUSTC_BOOTSTRAP=1 cargo "$@"
  fi
}

# has_wasm_std SYSROOT: is the WebAssembly standard library of that toolchain complete?
has_wasm_std() { compgen -G "$1/lib/rustlib/$wasm_target/lib/libtest-*.rlib" >/dev/null; }

# The private sysroot around Debian's compiler, named by its version so that an upgrade builds the library anew.
debian_sysroot() { printf '%s/debian-rust-%s\n' "$cache" "$(/usr/bin/rustc --version | awk '{ print $2 }')"; }

# Which toolchain builds for WebAssembly: prints "default", "debian", or "none" while neither has the library.
wasm_toolchain() {
  if [[ ${WASM_TOOLCHAIN:-} != debian ]] && has_wasm_std "$(rustc --print sysroot)"; then
    echo default
  elif [[ -x /usr/bin/rustc ]] && has_wasm_std "$(debian_sysroot)"; then
    echo debian
  else
    echo none
  fi
}
