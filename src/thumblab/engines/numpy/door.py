"""The engine's door: where a batch is normalised and laid out, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.layer import Shape
from thumblab.kernels.layout import GROUP, clear_phantoms, group_count, inside

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Door:
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
        values = out.reshape(len(batch), -1)  # long rows: few short loops
        for each, change in ((self.shift, np.subtract), (self.scale, np.multiply)):
            one = np.broadcast_to(each.astype(out.dtype), batch.shape[1:])
            change(values, first(one).reshape(-1), out=values)
        return out

    def grouped(self, batch: Array, out: Array) -> None:
        """Writes images into ``out`` in the grouped layout."""
        samples, h, w, c = batch.shape
        missing = group_count(samples) * GROUP - samples
        if missing:
            batch = np.concatenate([batch, np.zeros((missing, h, w, c), batch.dtype)])
        images = batch.reshape(-1, GROUP, h, w, c)
        pixels = inside(out)
        shift = np.broadcast_to(self.shift.astype(out.dtype), (h, w, c))
        scale = np.broadcast_to(self.scale.astype(out.dtype), (h, w, c))
        for channel in range(c):  # sixteen images are innermost then, not three channels
            source = images[..., channel].transpose(0, 2, 3, 1)
            target = pixels[..., channel]
            np.subtract(source, shift[..., channel, None], out=target)
            target *= scale[..., channel, None]
        clear_phantoms(out, samples)
