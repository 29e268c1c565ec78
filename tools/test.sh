#!/usr/bin/env bash
# Runs test suites one after the other, also when one fails, and adds up what their runners counted.
#
#   tools/test.sh SUITE…    native, wasm, page (make targets test-SUITE) or sweep
set -uo pipefail
cd "$(dirname "$0")/.." || exit

logs=target/test-logs
passed=0
failed=0
broken=()

# count PATTERN LOG: the sum of the numbers that the runners print where PATTERN has a group; colours are ignored.
count() { sed 's/\x1b\[[0-9;]*m//g' "$2" | sed -nE "s/$1/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'; }

# tally LOG: adds what cargo test, wasm-bindgen-test, node --test and the sweep say.
tally() {
  local result='^ *test result: .*'
  passed=$((passed + $(count "${result}[^0-9]([0-9]+) passed.*" "$1") + $(count '^ℹ pass ([0-9]+)$' "$1")))
  failed=$((failed + $(count "${result}[^0-9]([0-9]+) failed.*" "$1") + $(count '^ℹ fail ([0-9]+)$' "$1")))
}

mkdir -p "$logs"
for suite in "$@"; do
  target=${suite/#/test-}
  [[ $suite != sweep ]] || target=sweep
  log="$logs/$suite.log"
  make --no-print-directory "$target" 2>&1 | tee "$log"
  [[ ${PIPESTATUS[0]} == 0 ]] || broken+=("$suite")
  tally "$log"
done

[[ ${#broken[@]} == 0 ]] || echo "did not succeed: ${broken[*]}"
echo "$passed passed, $failed failed"
[[ ${#broken[@]} == 0 && $failed == 0 ]]
