"""A convolution as the kernels see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thumblab.core.rules import Array
from thumblab.kernels.windows import Pads

ConvBackward = Callable[[Array, bool], tuple[Array, Array, Array | None]]
"""``(dy, needs_input_grad)``: gradients of the input (``dy`` if not needed), weight and bias."""


@dataclass(frozen=True)
class ConvShape:
    """A convolution, as its kernels see it.

    Attributes:
        read: Channels read.
        written: Channels written.
        height: Of the output, in pixels.
        width: Of the output, in pixels.
        kernel: Side of the kernel, in pixels.
        stride: Step between windows, in pixels.
        pad: Pixels added ``((above, below), (left, right))``.
    """

    read: int
    written: int
    height: int
    width: int
    kernel: int
    stride: int
    pad: Pads

    def __str__(self) -> str:
        """Such as ``64 -> 128 at 16x16 by 3x3, stride 2``; padding that halves the kernel is left out."""
        k, (above, below), (left, right) = self.kernel, *self.pad
        message = f"{self.read} -> {self.written} at {self.height}x{self.width} by {k}x{k}"
        if self.stride > 1:
            message += f", stride {self.stride}"
        if {above, below, left, right} != {k // 2}:
            message += f", padding {above}-{below}-{left}-{right}"
        return message
