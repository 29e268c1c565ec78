#!/usr/bin/env bash
# Runs a command with the tools and the Rust toolchain that build for WebAssembly: tools/wasm-env.sh COMMAND…
set -euo pipefail
source "$(dirname "$0")/common.sh"

PATH="$wasm_bindgen_dir/bin:$PATH"
if [[ $(wasm_toolchain) == debian ]]; then
  # SYSROOT is for clippy, which asks no one else.
  SYSROOT=$(debian_sysroot)
  export SYSROOT
  PATH="$SYSROOT/bin:$PATH"
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
fi
export PATH
exec "$@"
