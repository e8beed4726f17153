"""Which kernel convolves a shape: a fixed table, or choices that were measured before.

Never a timing taken as a network starts, which would break bit-identical resume and repeats.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache, cached_property
from typing import Literal, get_args

from thumblab.core.errors import ShapeError
from thumblab.core.rules import Array, Memory
from thumblab.kernels import lowering, pointwise, winograd
from thumblab.kernels.conv_shape import ConvBackward, ConvShape
from thumblab.kernels.epilogue import Epilogue

Kernel = Literal["winograd4", "winograd3", "winograd2", "lowering", "pointwise"]
"""Winograd with output tiles of that side, row lowering, or one product a row of pixels."""
KERNELS: tuple[Kernel, ...] = get_args(Kernel)
TILES = {"winograd4": 4, "winograd3": 3, "winograd2": 2}


def supported(shape: ConvShape) -> tuple[Kernel, ...]:
    """The kernels that can do ``shape``."""
    if shape.kernel == 3 and shape.stride == 1 and shape.pad == ((1, 1), (1, 1)):
        return ("winograd4", "winograd3", "winograd2", "lowering")
    if shape.kernel == 1 and shape.pad == ((0, 0), (0, 0)):
        return ("lowering", "pointwise")
    return ("lowering",)


OVERHANG = 1.1
"""What a product costs where tiles hang over the edge, and a strip has to be copied first."""


@cache
def standard(shape: ConvShape, *, precise: bool) -> Kernel:
    """The kernel that the fixed table has for ``shape``.

    Of Winograd's tiles it takes those with the fewest products, which large tiles waste where they hang
    over the edge, and copies besides: a tenth more products may be cheaper. ``precise`` takes the smallest,
    whose rounding errors are those of a plain convolution.
    """
    possible = supported(shape)
    if "pointwise" in possible:
        return "pointwise"
    if "winograd2" not in possible or shape.read <= 3:
        return "lowering"
    if precise:
        return "winograd2"

    def cost(kernel: Kernel) -> float:
        m = TILES[kernel]
        tiles = -(-shape.height // m) * -(-shape.width // m)
        overhangs = shape.height % m or shape.width % m
        return tiles * (m + 2) ** 2 * (OVERHANG if overhangs else 1)

    return min(("winograd4", "winograd3", "winograd2"), key=cost)


@dataclass(frozen=True)
class Choice:
    """A shape, and the kernel that convolves it.

    Raises:
        ShapeError: If there is no such convolution, or that kernel cannot do it.
    """

    shape: ConvShape
    algorithm: Kernel

    def __post_init__(self) -> None:
        *sizes, pad = astuple(self.shape)
        if min(sizes) < 1 or min(pad[0] + pad[1]) < 0:
            raise ShapeError(
                f"{self.shape} is no convolution; sizes are at least 1, and padding at least 0"
            )
        if self.algorithm not in supported(self.shape):
            raise ShapeError(
                f"{self.algorithm} cannot do {self.shape}; choose {' or '.join(supported(self.shape))}"
            )


@dataclass(frozen=True)
class Plan:
    """Which kernel convolves which shape: these choices, and for all other shapes the fixed table.

    Raises:
        ShapeError: If a shape has more than one choice.
    """

    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        shapes = [choice.shape for choice in self.choices]
        twice = list(dict.fromkeys(shape for shape in shapes if shapes.count(shape) > 1))
        if twice:
            raise ShapeError(f"{'; '.join(map(str, twice))}: chosen more than once; leave one")

    @cached_property
    def chosen(self) -> dict[ConvShape, Kernel]:
        """The choices by shape."""
        return {choice.shape: choice.algorithm for choice in self.choices}

    def kernel(self, shape: ConvShape, *, precise: bool) -> Kernel:
        """The kernel for ``shape``; ``precise`` passes over a choice that rounds worse than the table's."""
        usual = standard(shape, precise=precise)
        found = self.chosen.get(shape, usual)
        return usual if precise and TILES.get(found, 0) > TILES.get(usual, 0) else found


STANDARD = Plan()
"""The fixed table alone."""


@dataclass(frozen=True)
class Kernels:
    """What a network convolves by (see ``core.rules.Kernels``).

    Attributes:
        plan: Which kernel convolves what.
        precise: Whether rounding errors count for more than speed.
    """

    plan: Plan = STANDARD
    precise: bool = False

    def algorithm(self, shape: ConvShape) -> Kernel:
        """The kernel for ``shape``."""
        return self.plan.kernel(shape, precise=self.precise)


def convolve(
    x: Array,
    weight: Array,
    bias: Array | None,
    shape: ConvShape,
    algorithm: Kernel,
    memory: Memory,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, ConvBackward]:
    """Convolves blocked ``x`` with ``weight`` ``(o, c, k, k)`` by ``algorithm``, and adds ``bias``."""
    if algorithm == "pointwise":
        return pointwise.convolve(x, weight, bias, shape, memory, epilogue)
    if algorithm == "lowering":
        return lowering.convolve(x, weight, bias, shape, memory, epilogue)
    return winograd.convolve(x, weight, bias, TILES[algorithm], memory, epilogue)
