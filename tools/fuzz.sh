#!/usr/bin/env bash
# Runs every fuzz target, each for SECONDS: tools/fuzz.sh SECONDS
#
# A case may take 2 seconds and 512 MB. What breaks a target lies in fuzz/artifacts afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/common.sh

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "fuzz: skipped, because rustup's nightly Rust is not installed"
  exit
fi
PATH="$cargo_fuzz_dir/bin:$PATH"
"$python_dir/bin/python" tools/fuzz_seeds.py fuzz/corpus
# The code is safe Rust: the address sanitizer would see little and take most of the memory.
for target in $(cargo +nightly fuzz list --fuzz-dir fuzz); do
  cargo +nightly fuzz run --fuzz-dir fuzz --sanitizer none "$target" -- \
    -max_total_time="$1" -timeout=2 -rss_limit_mb=512 -max_len=65536 -print_final_stats=1
done
