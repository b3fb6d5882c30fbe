#!/usr/bin/env bash
# A tokenizer that truncates to 256 tokens works through the whole text first.
#
# Versions:  tokenizers 0.23.1 (PyPI)
# Guess:     with truncation to 256 tokens a tokenizer stops once it has them, so that of a long file the time is that of its beginning.
# Seen:      the whole text is normalised, split and looked up, and all but 256 tokens are then thrown away: a text a thousand times as
#            long takes a thousand times as long, seconds for a few megabytes. Cut before, by characters, it gives the same tokens.
# Output:    256 tokens each · the same · at least 100 times as long
# Date:      2026-11-30
# Touches:   whoever encodes files of strangers by a model that reads few tokens: one generated file in a repository costs as much as
#            thousands of functions, unless the text is cut before it is tokenised.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tokenizers==0.23.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import time

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

line = "def parse_header(value):\n    return [part.strip() for part in value.split(',') if part]\n"
tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer()
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
tokenizer.train_from_iterator([line], trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]"]))
tokenizer.enable_truncation(256)


def taken(text: str) -> tuple[float, list[int]]:
    times, ids = [], []
    for _ in range(3):
        began = time.perf_counter()
        ids = tokenizer.encode(text).ids
        times.append(time.perf_counter() - began)
    return min(times), ids


text = line * 20_000
whole, of_whole = taken(text)
start, of_start = taken(text[:2_000])
print(f"{len(text):,} characters: {whole:.3f} s; the first 2,000 of them: {start:.5f} s")
seen = (
    f"{len(of_whole)} tokens each · {'the same' if of_whole == of_start else 'others'}"
    f" · {'at least 100 times as long' if whole > 100 * start else 'not much longer'}"
)
print(seen)
sys.exit(0 if seen == "256 tokens each · the same · at least 100 times as long" else "changed: see above")
PYTHON
