#!/usr/bin/env bash
# A test file that jest could not load is not in jest-junit's report at all, and a todo is in it as a test that passed.
#
# Versions:  jest 30.5.2, jest-junit 17.0.0 (npm)
# Guess:     a file that cannot be loaded is a suite with errors="1", perhaps without a case; a todo has <skipped/>, as elsewhere.
# Seen:      unless JEST_JUNIT_REPORT_TEST_SUITE_ERRORS is set, the file is left out and `errors` is 0 everywhere: a report of tests that
#            all passed, while jest exits with 1. The todo is a case without a child, told only by a `tests` that is less than the cases.
# Output:    exit 1 · errors 0 0 · tests 1 1 · cases later, sells · children 0
# Date:      2026-11-29
# Touches:   whoever reads from a report that a run passed, or which tests did: with jest only the exit status says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"name": "app", "version": "1.0.0", "private": true}' >package.json
npm install --silent --no-fund --no-audit jest@30.5.2 jest-junit@17.0.0 >/dev/null
echo 'require("./gone"); test("never loaded", () => {});' >broken.test.js
echo 'test("sells", () => {}); test.todo("later");' >shop.test.js
code=0
npx --no-install jest --ci --reporters=jest-junit >/dev/null 2>&1 || code=$?
python3 - "$code" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

root = tree.parse("junit.xml").getroot()
counted = [root, *root.iter("testsuite")]
cases = list(root.iter("testcase"))
errors, tests = (" ".join(one.get(name) for one in counted) for name in ("errors", "tests"))
names = ", ".join(sorted(case.get("name").strip() for case in cases))
seen = f"exit {sys.argv[1]} · errors {errors} · tests {tests} · cases {names} · children {sum(len(case) for case in cases)}"
print(seen)
sys.exit(0 if seen == "exit 1 · errors 0 0 · tests 1 1 · cases later, sells · children 0" else "changed: see above")
PYTHON
