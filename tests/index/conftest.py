"""What several tests of the index share."""

from __future__ import annotations

import pytest

from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.encoder.numpy_encoder import NumpyEncoder
from foundry_git.settings import EncoderSettings


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> NumpyEncoder:
    """The encoder with the packaged weights."""
    opened = open_encoder(EncoderSettings(), tmp_path_factory.mktemp("cache"))
    assert isinstance(opened, NumpyEncoder)
    return opened
