#!/usr/bin/env bash
# Counts the instructions that one run of a network takes (callgrind) and compares them with tools/instructions.txt: a time
# means nothing on a busy machine, a count does. More than 5 % above is a failure; TARNKAPPE_BLESS=1 writes new counts.
#
# One run is the difference between two runs and one, so that loading does not count. Valgrind takes minutes: it computes
# fused multiply-adds in software. The stored counts are those of a processor with AVX2 and FMA.
set -euo pipefail
cd "$(dirname "$0")/.."

stored=tools/instructions.txt
binary=${CARGO_TARGET_DIR:-target}/release/examples/inference
tolerance=5

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" 2>&1 |
    awk '/Collected/ { print $NF; found = 1 } END { exit !found }'
}

failed=0
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
for network in "yunet 640" "centerface 320"; do
  # shellcheck disable=SC2086  # two arguments
  one=$(($(count $network 2) - $(count $network 1)))
  echo "$network $one" >>"$measured"
  before=$(awk -v network="$network" '$1 " " $2 == network { print $3 }' "$stored" 2>/dev/null || true)
  echo "$network: $one instructions a run, stored ${before:-none}"
  if [[ -n $before ]] && ((one * 100 > before * (100 + tolerance))); then
    echo "$network: more than $tolerance % above the stored count" >&2
    failed=1
  fi
done
if [[ -n ${TARNKAPPE_BLESS:-} ]]; then
  cp "$measured" "$stored"
elif [[ ! -s $stored ]]; then
  echo "$stored is missing: TARNKAPPE_BLESS=1 writes it" >&2
  failed=1
fi
exit "$failed"
