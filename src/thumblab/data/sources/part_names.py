"""What a folder's name says of the part it holds: training, validation or test."""

from __future__ import annotations

import re

ROLES = {
    "training": ("train", "training", "tr", "trn"),
    "validation": ("val", "valid", "validation", "validate", "validating", "vali", "dev"),
    "test": ("test", "testing", "tst"),
}
"""The words that name a part; each role is named as ``Dataset.parts`` names it."""

FILLERS = re.compile(r"(set|data|dataset|image|img|picture|photo|sample|file|folder)s?|seg|the|of")
"""Words that may stand beside one of these and change nothing: ``training_set``, ``seg_train``."""

LIKE_PARTS = re.compile(
    r"(fold|split|part|eval|evaluation|pred|prediction)s?|hold|out|holdout|query|gallery|extra"
    r"|unlabell?ed|unsup|calib|calibration"
)
"""Words of parts that have no place here: folds, galleries, pictures without labels."""

_BY_WORD = {word: role for role, words in ROLES.items() for word in words}


def role_of(name: str) -> str | None:
    """The part that a folder of this name holds, or None if the name says nothing of the kind.

    >>> [role_of(name) for name in ("Train", "TEST", "training_set", "seg_test", "val2017")]
    ['training', 'test', 'training', 'test', 'validation']
    >>> [role_of(name) for name in ("train station", "bus", "test tubes", "fold1")]
    [None, None, None, None]
    """
    text = _split_words(name)
    roles = {_BY_WORD[word] for word in text if word in _BY_WORD}
    rest = [word for word in text if not (word in _BY_WORD or FILLERS.fullmatch(word))]
    return roles.pop() if len(roles) == 1 and not rest else None


def is_wrapping(name: str) -> bool:
    """Whether a folder's name says no more than that pictures are in it.

    >>> is_wrapping("images"), is_wrapping("img_data"), is_wrapping("cat images")
    (True, True, False)
    """
    text = _split_words(name)
    return bool(text) and all(map(FILLERS.fullmatch, text))


def roles_mentioned(name: str) -> set[str]:
    """The parts that some word of the name names, whatever else stands there.

    >>> roles_mentioned("trainA"), roles_mentioned("cat")
    ({'training'}, set())
    """
    return {_BY_WORD[word] for word in _split_words(name) if word in _BY_WORD}


def is_like_a_part(name: str) -> bool:
    """Whether the name is one of a part of a data set, understood or not.

    >>> is_like_a_part("fold_3"), is_like_a_part("eval"), is_like_a_part("split pea")
    (True, True, False)
    """
    text = _split_words(name)
    return (
        bool(text)
        and all(
            word in _BY_WORD or LIKE_PARTS.fullmatch(word) or FILLERS.fullmatch(word)
            for word in text
        )
        and not all(map(FILLERS.fullmatch, text))
    )


def _split_words(name: str) -> list[str]:
    """Its words in lower case, without numbers; ``trainingSet`` and ``trainset`` have two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    text = re.findall(r"[^\W\d_]+", apart.lower())
    found = []
    for word in text:
        ended = next((end for end in ("set", "data", "images") if word.endswith(end)), "")
        stem = word.removesuffix(ended)
        found += [stem, ended] if ended and stem in _BY_WORD else [word]
    return found
