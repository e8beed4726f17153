"""Randomness by counter: what is drawn depends on its name and position, never on what came before.

A stream is a Philox generator (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3")
whose key is a hash of ``(seed, purpose, ...)``. No generator state has to be saved, so a resumed
run draws what an uninterrupted one draws, and a worker draws for its samples what the whole batch would.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

WORDS_PER_BLOCK = 16
"""A Philox counter value yields 32 bytes: sixteen 16-bit words."""


def _philox(key: tuple[int | str, ...], counter: int = 0) -> np.random.Philox:
    name = "\x1f".join(map(str, key)).encode()
    return np.random.Philox(
        key=int.from_bytes(sha256(name).digest()[:16], "little"), counter=counter
    )


def stream(seed: int, purpose: str, *key: int | str) -> np.random.Generator:
    """A generator that depends on ``(seed, purpose, *key)`` alone.

    What a purpose is called decides the bits of every run, so it keeps its spelling for ever.

    >>> float(stream(0, "order", 3).random()) == float(stream(0, "order", 3).random())
    True
    """
    return np.random.Generator(_philox((seed, purpose, *key)))


def words(
    seed: int, purpose: str, *key: int | str, first: int, samples: int, each: int
) -> NDArray[np.uint16]:
    """16-bit words ``(samples, each)`` for samples ``first, first + 1, ...`` of a stream.

    Every sample owns whole counter values, so its words do not depend on where a batch is cut.

    >>> whole = words(0, "mask", first=0, samples=4, each=20)
    >>> bool((words(0, "mask", first=2, samples=2, each=20) == whole[2:]).all())
    True
    """
    blocks = -(-each // WORDS_PER_BLOCK)
    raw = _philox((seed, purpose, *key), first * blocks).random_raw(samples * blocks * 4)
    return raw.view(np.uint16).reshape(samples, blocks * WORDS_PER_BLOCK)[:, :each]
