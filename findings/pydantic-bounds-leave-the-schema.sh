#!/usr/bin/env bash
# Behind a validator that runs before, bounds of a number stand in pydantic's JSON schema as `ge` and `le`, which no JSON schema knows.
#
# Versions:  pydantic 2.14.3 (PyPI)
# Guess:     `Annotated[Whole, Field(ge=1, le=50)]` is described as minimum 1 and maximum 50, whatever `Whole` is made of.
# Seen:      where `Whole` is `Annotated[int, BeforeValidator(…)]`, 51 is refused as it should be, but the schema says {"ge": 1, "le": 50}:
#            for everybody who reads the schema the number has no bounds. Written as `Annotated[int, Field(…), BeforeValidator(…)]`
#            the same model has minimum and maximum.
# Output:    refused · ge, le · maximum, minimum
# Date:      2026-12-01
# Touches:   whoever describes an interface by such models: a client that goes by the description sends 1751 for a number up to 50, and a
#            tester that makes requests from the schema calls the refusal a fault.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError


def whole(value):
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(whole)]


class Outside(BaseModel):
    limit: Annotated[Whole, Field(ge=1, le=50)]


class Inside(BaseModel):
    limit: Annotated[int, Field(ge=1, le=50), BeforeValidator(whole)]


try:
    Outside(limit=51)
    said = "taken"
except ValidationError:
    said = "refused"
shown = [
    ", ".join(sorted(set(model.model_json_schema()["properties"]["limit"]) - {"title", "type"})) for model in (Outside, Inside)
]
seen = " · ".join([said, *shown])
print(seen)
sys.exit(0 if seen == "refused · ge, le · maximum, minimum" else "changed: see above")
PYTHON
