"""One comparison of two arms, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from thumblab.verdict.sentence import sentence
from thumblab.verdict.tested import Tested


@dataclass(frozen=True)
class Comparison(Tested):
    """What seeds and images say of an arm against another; see ``Tested`` for the numbers."""

    @property
    def sentence(self) -> str:
        """The word and the numbers behind it, in points of a hundred."""
        return sentence(self)

    def to_json(self) -> dict[str, Any]:
        """All fields, the word and the sentence."""
        both = self.simultaneous
        fields = asdict(self) | {"simultaneous": None if both is None else both._asdict()}
        return fields | {"word": self.word, "sentence": self.sentence}
