"""The engine's input_transform: where a batch is normalized and laid out, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Shape
from thumblab.kernels.layout import write_blocks

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class InputTransform:
    """``(value - shift) * scale`` for images ``(n, h, w, c)`` or features ``(n, f)``.

    ``shift`` and ``scale`` broadcast to one sample.
    """

    shift: Array
    scale: Array

    def plain(self, batch: Array, empty: Callable[[Shape], Array]) -> Array:
        """The batch as the plain rules read it, in memory from ``empty``: channels of images come first."""
        first = partial(np.moveaxis, source=-1, destination=-3) if batch.ndim == 4 else np.asarray
        plain = first(batch)
        out = empty(plain.shape)
        out[...] = plain
        rows = out.reshape(len(batch), -1)
        self._normalize(rows, rows, lambda sample: first(np.broadcast_to(sample, batch.shape[1:])))
        return out

    def blocked(self, batch: Array, out: Array, empty: Callable[[Shape], Array]) -> None:
        """Writes images into ``out`` in the blocked layout, by way of memory from ``empty``."""
        values = empty((len(batch), prod(batch.shape[1:])))
        rows = batch.reshape(values.shape)
        self._normalize(rows, values, lambda sample: np.broadcast_to(sample, batch.shape[1:]))
        images = values.reshape(batch.shape).transpose(0, 3, 1, 2)
        for channel in range(batch.shape[3]):
            # One at a time: sixteen images are innermost then, not three channels.
            only = slice(channel, channel + 1)
            write_blocks(images[:, only], out[..., only])

    def _normalize(self, rows: Array, out: Array, whole: Callable[[Array], Array]) -> None:
        """Writes samples, a row each, normalized to ``out``; ``whole`` makes shift and scale a sample's."""
        for each, change in ((self.shift, np.subtract), (self.scale, np.multiply)):
            rows = change(rows, whole(each.astype(out.dtype)).reshape(-1), out=out)
