"""Which worker moves which weights."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod

from thumblab.core.layer import Shape
from thumblab.optim.optimizer import Optimizer

Pieces = dict[str, tuple[slice, Shape]]
"""Where a weight, or a piece of one, stands in the vector of all, and its shape, by path."""


def shares(optimizer: Optimizer, shapes: Mapping[str, Shape], workers: int) -> list[Pieces]:
    """For each worker what it moves; together each trained weight once.

    Weights that have to stay whole go to the worker with the least work, the longest first; the
    others are cut evenly.

    Args:
        optimizer: What moves them.
        shapes: The trained weights in the order of the vector.
        workers: How many workers there are.
    """
    size = sum(map(prod, shapes.values()))
    if not optimizer.by_name:
        cuts = [size * rank // workers for rank in range(workers + 1)]
        return [{"": (slice(first, last), (last - first,))} for first, last in pairwise(cuts)]
    places, begin = {}, 0
    for name, shape in shapes.items():
        places[name] = slice(begin, begin + prod(shape))
        begin += prod(shape)
    found: list[Pieces] = [{} for _ in range(workers)]
    whole = [name for name, shape in shapes.items() if optimizer.whole(name, shape)]
    work = [0] * workers
    for name in sorted(whole, key=lambda name: -_cost(shapes[name])):
        rank = work.index(min(work))
        work[rank] += _cost(shapes[name])
        found[rank][name] = places[name], shapes[name]
    loose = {name: place for name, place in places.items() if name not in whole}
    _cut_evenly(loose, found)
    return found


def _cost(shape: Shape) -> int:
    """Multiplications to orthogonalize a matrix, but for a factor."""
    rows, columns = shape[0], prod(shape[1:])
    return min(rows, columns) * rows * columns


def _cut_evenly(loose: Mapping[str, slice], found: list[Pieces]) -> None:
    size = sum(place.stop - place.start for place in loose.values())
    done = 0
    for name, place in loose.items():
        length = place.stop - place.start
        for rank, pieces in enumerate(found):
            first = max(size * rank // len(found), done) - done + place.start
            last = min(size * (rank + 1) // len(found), done + length) - done + place.start
            if first < last:
                pieces[name] = slice(first, last), (last - first,)
        done += length
