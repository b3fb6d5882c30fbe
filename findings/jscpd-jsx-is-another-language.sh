#!/usr/bin/env bash
# jscpd finds no clone between a .js and a .jsx file, though they hold the same bytes.
#
# Versions:  jscpd 4.0.5, Node.js 20
# Guess:     A function that is copied from lists.js to lists.jsx is found: .mjs and .cjs are compared with .js as well, and JSX is
#            JavaScript with something more.
# Seen:      Formats are compared each with itself only, and .jsx is a format of its own, as are .ts and .tsx. Of four files with the
#            same 12 lines one clone is reported, that of the two of format javascript; the others are new code to its summary.
# Output:    a.js and b.mjs: 1 clone; a.js and c.jsx: none; a.js and d.ts: none
# Date:      2026-11-30
# Touches:   projects that move from .js to .jsx or .ts file by file, and a bound on duplication in their CI.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . jscpd@4.0.5 >/dev/null 2>&1
cat > text <<'END'
export function inChunks(items, size) {
  if (size < 1) {
    throw new RangeError("size must be positive");
  }
  const chunks = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  if (chunks.length === 0) {
    return [[]];
  }
  return chunks.filter((chunk) => chunk.length > 0);
}
END
clones() {
  rm -rf source report
  mkdir source
  for name in "$@"; do cp text "source/$name"; done
  node_modules/.bin/jscpd source --min-tokens 40 --reporters json --output report --silent >/dev/null
  node -p 'JSON.parse(require("fs").readFileSync("report/jscpd-report.json", "utf8")).statistics.total.clones'
}
same=$(clones a.js b.mjs)
jsx=$(clones a.js c.jsx)
typed=$(clones a.js d.ts)
[ "$same $jsx $typed" = "1 0 0" ] || { echo "changed: clones of a.js with .mjs, .jsx and .ts: $same $jsx $typed"; exit 1; }
echo "as described: a.js and b.mjs: $same clone; a.js and c.jsx: $jsx; a.js and d.ts: $typed"
