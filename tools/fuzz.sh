#!/usr/bin/env bash
# Runs fuzz targets, each for SECONDS, all of them or those that are named: tools/fuzz.sh SECONDS [TARGET…]
#
# A case may take 2 seconds and 512 MB. What breaks a target lies in fuzz/artifacts afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/common.sh

PATH="$cargo_fuzz_dir/bin:$PATH"
"$python_dir/bin/python" tools/fuzz_seeds.py fuzz/corpus
# The code is safe Rust: the address sanitizer would see little and take most of the memory.
seconds=$1
targets=("${@:2}")
[[ $# -gt 1 ]] || mapfile -t targets < <(fuzz_cargo fuzz list --fuzz-dir fuzz)
for target in "${targets[@]}"; do
  fuzz_cargo fuzz run --fuzz-dir fuzz --sanitizer none "$target" -- \
    -max_total_time="$seconds" -timeout=2 -rss_limit_mb=512 -max_len=65536 -print_final_stats=1
done
