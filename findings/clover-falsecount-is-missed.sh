#!/usr/bin/env bash
# In Istanbul's Clover XML, falsecount is how many branches were missed, not how often a condition was false.
#
# Versions:  c8 12.0.0 (npm), whose reports are those of Istanbul
# Guess:     truecount and falsecount are, as in Clover, how often the condition of a line was true and how often false, so that one of
#            them above 0 shows that the line ran.
# Seen:      for each line with branches truecount is the number of branches that ran and falsecount that of the others: a line that
#            never ran has falsecount 1, and so has one that ran five times and whose branch did not.
# Output:    line 2: count 5, true 0, false 1 · line 8: count 0, true 0, false 1 · line 10: count 1, true 1, false 0
# Date:      2026-11-29
# Touches:   readers of Clover XML: take a line's count where there is one, and true and false only of tools that write none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"name": "app", "version": "1.0.0", "private": true}' >package.json
npm install --silent --no-fund --no-audit c8@12.0.0 >/dev/null
cat >shop.mjs <<'JAVASCRIPT'
export function price(count) {
  if (count < 0) {
    return 0;
  }
  if (count > 0) {
    return count * 2;
  }
  return 1;
}
for (const count of [1, 2, 3, 4, 5]) price(count);
JAVASCRIPT
npx --no-install c8 --reporter=clover --reports-dir=. node shop.mjs
python3 - <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

lines = {line.get("num"): line for line in tree.parse("clover.xml").iter("line")}
words = {"count": "count", "truecount": "true", "falsecount": "false"}
seen = " · ".join(
    f"line {number}: " + ", ".join(f"{word} {lines[number].get(name)}" for name, word in words.items()) for number in ("2", "8", "10")
)
print(seen)
said = "line 2: count 5, true 0, false 1 · line 8: count 0, true 0, false 1 · line 10: count 1, true 1, false 0"
sys.exit(0 if seen == said else "changed: see above")
PYTHON
