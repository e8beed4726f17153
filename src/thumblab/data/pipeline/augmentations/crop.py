"""A window of the image's own size at a random place of the padded image."""

from __future__ import annotations

from dataclasses import dataclass

from thumblab.core.errors import UsageError
from thumblab.data.pipeline.augment import Augmentation, Draws, Pixels, augment, check_mode
from thumblab.data.pipeline.augmentations.window import whole, windows


@dataclass(frozen=True)
class Crop(Augmentation):
    """Pads every side and cuts a window of the old size, each of ``(2 pad + 1)**2`` indices alike.

    Attributes:
        pad: Pixels added to each side.
        mode: ``"zero"``, ``"edge"`` or ``"reflect"``.

    Source: He et al. 2015, arXiv:1512.03385, section 4.2 (4 black pixels on CIFAR-10).
    """

    pad: int = 4
    mode: str = "zero"

    def __post_init__(self) -> None:
        check_mode(self.mode)
        if self.pad < 0:
            raise UsageError(f"pad is {self.pad}; give 0 pixels or more")

    @property
    def draws(self) -> int:
        """Two: top row and left column."""
        return 2


@augment.register
def _crop(augmentation: Crop, images: Pixels, draws: Draws) -> Pixels:
    start = whole(draws, 2 * augmentation.pad + 1)
    pads = (augmentation.pad, augmentation.pad)
    return windows(images, pads, (start[:, 0], start[:, 1]), augmentation.mode)
