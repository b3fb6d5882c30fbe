#!/usr/bin/env bash
# The same tensors with the same metadata become another safetensors file each time they are saved.
#
# Versions:  safetensors 0.8.0, numpy 2.4.6 (PyPI)
# Guess:     the format has a fixed layout (a header of JSON, then the bytes, tensors in a fixed order), so saving twice gives the same
#            bytes, and the SHA-256 of a file names its weights.
# Seen:      the metadata come from a hash map with a random seed, and its order goes into the header as it is: of 20 saves of one
#            tensor with five keys, in one process, hardly two are alike. No option sorts them, PYTHONHASHSEED changes nothing. With
#            one key, or none, all saves are alike, which is what a quick try looks at.
# Output:    20 saves with 0 keys: 1 file · 1 key: 1 file · 5 keys: several files, all equal once loaded
# Date:      2026-11-29
# Touches:   caches and vector spaces that are named after the hash of a weights file, pinned hashes in a lock file, builds that must
#            be reproducible: two exports of one model count as two models. Hash the tensors, or keep the metadata to one key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy
from safetensors.numpy import load, save

TENSORS = {"weight": numpy.arange(6, dtype=numpy.float32)}
METADATA = {"format": "np", "model": "encoder", "licence": "Apache-2.0", "made": "2026-11", "from": "run 7"}


def files(keys):
    metadata = dict(list(METADATA.items())[:keys])
    return {save(TENSORS, metadata=metadata) for _ in range(20)}


none, one, five = files(0), files(1), files(5)
same = all(numpy.array_equal(load(file)["weight"], TENSORS["weight"]) for file in five)
several = "several files" if len(five) > 1 else "1 file"
print(f"20 saves with 0 keys: {len(none)} file · 1 key: {len(one)} file · 5 keys: {several}, {'all' if same else 'not'} equal once loaded")
sys.exit(0 if (len(none), len(one), len(five) > 1, same) == (1, 1, True, True) else "changed: see above")
PYTHON
