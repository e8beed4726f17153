"""The page's own words in the language that is asked for; names of arms and classes stay as they are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from thumblab.report.study.korean_sentence import korean_sentence
from thumblab.verdict import Comparison, Word

Language = Literal["en", "ko"]


@cache
def texts(language: Language) -> dict[str, Any]:
    """The table of a language: texts by key, and under ``words`` those of verdicts."""
    file = files("thumblab.report.study").joinpath(f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))


@dataclass(frozen=True)
class Words:
    """A table of texts, in English or Korean.

    >>> Words("en")("errors", count=2), Words("ko").word("better")
    ('Errors: 2', '더 높음')
    """

    language: Language = "en"

    def __call__(self, key: str, **values: Any) -> str:
        """The text of ``key`` with its values."""
        text: str = texts(self.language)[key]
        return text.format(**values)

    def word(self, word: Word) -> str:
        """A word of a verdict."""
        found: str = texts(self.language)["words"][word]
        return found

    def sentence(self, found: Comparison) -> str:
        """What a comparison says, with its numbers."""
        return found.sentence if self.language == "en" else korean_sentence(found, self.word)
