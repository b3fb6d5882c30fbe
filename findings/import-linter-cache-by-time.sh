#!/usr/bin/env bash
# import-linter says that a contract is kept after the code was changed to break it, where the files' times are the same.
#
# Versions:  import-linter 2.16, grimp 3.19 (PyPI)
# Guess:     the cache notices another content, or at least another size.
# Seen:      grimp remembers for each module its imports and the file's modification time in whole; neither size nor content counts.
#            Files whose times are set to a constant (an image layer, an unpacked archive, a checkout whose times are those of the
#            release) keep their old imports for as long as the cache folder is kept, which CI is told to keep.
# Output:    first: KEPT · with the forbidden import: KEPT · the same without the cache: BROKEN
# Date:      2026-11-29
# Touches:   layers that a repository enforces on itself, and every index that knows a file again by its time: add size and inode, or
#            hash.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check import-linter==2.16 grimp==3.19
mkdir -p "$folder/app/shop"
cd "$folder/app"
cat >.importlinter <<'INI'
[importlinter]
root_package = shop

[importlinter:contract:layers]
name = layers
type = layers
layers =
    shop.pages
    shop.prices
INI
lint() {
    touch -d 2026-01-01T00:00:00Z shop/*.py
    PYTHONPATH=. "$folder/venv/bin/lint-imports" "$@" | grep -oE '^layers (KEPT|BROKEN)' | cut -d' ' -f2 || true
}
touch shop/__init__.py
echo "from shop import prices" >shop/pages.py
echo "VALUE = 1" >shop/prices.py
first=$(lint)
echo "from shop import pages  # a page that knows its price" >shop/prices.py
second=$(lint)
third=$(lint --no-cache)
echo "first: $first · with the forbidden import: $second · the same without the cache: $third"
[ "$first $second $third" = "KEPT KEPT BROKEN" ] || { echo "changed: see above"; exit 1; }
