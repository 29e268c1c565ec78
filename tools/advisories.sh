#!/usr/bin/env bash
# Fails if a dependency has a known vulnerability. A database that can't be reached is said, and is not a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/common.sh

cargo_deny="$cargo_deny_dir/bin/cargo-deny"
if "$cargo_deny" fetch db 2>/dev/null; then
  "$cargo_deny" check advisories
else
  echo "check: skipped the advisories on crates, because their database could not be fetched"
fi

npm_report=$(npm audit --json 2>/dev/null || true)
if grep --quiet '"auditReportVersion"' <<<"$npm_report"; then
  npm audit
else
  echo "check: skipped the advisories on npm packages, because the registry does not answer about them"
fi
