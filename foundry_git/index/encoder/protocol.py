"""What an encoder is, whichever library does the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors; two encoders of one ``fingerprint`` fill and search the same index."""

    @property
    def name(self) -> str:
        """Model id, e.g. ``sentence-transformers/all-MiniLM-L6-v2``: for people."""

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the SHA-256 of the weights and of what else makes a document's vector: names the vector space."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """As :meth:`encode`, for the texts of documents, whatever their length: what questions are compared with."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode ``texts`` as questions; the vector of a text does not depend on its neighbours.

        Returns float32, (n, dimension), rows L2-normalised, in the order of ``texts``; n = 0 is allowed, as is an empty
        text. A lone surrogate in a text is read as ``?``. ``progress`` hears now and then how many texts are finished.

        Raises:
            WeightsError: the weights, or the library that reads them, cannot be used.
        """


def encodable(text: str) -> str:
    """Replace lone surrogates, which undecodable bytes of a file leave behind and tokenizers refuse, by ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")
