"""Two images through each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.data.pipeline.augment import Draws, Pixels
from thumblab.data.pipeline.mixing import Mixing, Shares, check_mixing, drawn_shares, kept, mix

_UNIT, _BITS = 256, 8


@dataclass(frozen=True)
class MixUp(Mixing):
    """``share * image + (1 - share) * partner``, of the pixels and of the targets.

    The share comes from Beta(``alpha``, ``alpha``), in whole 256ths, so that pixels and targets are
    mixed by exactly the same; the partner is any image of the same epoch, as it is by then.

    Attributes:
        alpha: Above 0. Small ones leave most pairs nearly unmixed, 1 makes all shares alike.
        probability: How many images are mixed at all, 0 to 1.

    Source: Zhang et al. 2018, arXiv:1710.09412 (alpha 1 on CIFAR-10, 0.2 on ImageNet).
    """

    alpha: float = 1.0
    probability: float = 1.0

    def __post_init__(self) -> None:
        check_mixing(self.alpha, self.probability)

    @property
    def draws(self) -> int:
        """Two: whether, and the share."""
        return 2


@kept.register
def _kept(mixing: MixUp, sides: tuple[int, int], draws: Draws) -> Shares:
    shares: Shares = np.rint(drawn_shares(mixing.alpha, mixing.probability, draws) * _UNIT) / _UNIT
    return shares


@mix.register
def _mix(mixing: MixUp, images: Pixels, partners: Pixels, draws: Draws) -> Pixels:
    shares = kept(mixing, images.shape[1:3], draws)
    own = (shares * _UNIT).astype(np.uint16)[:, None, None, None]
    mixed = images * own
    mixed += partners * (_UNIT - own)
    mixed += _UNIT // 2
    mixed >>= _BITS
    return mixed.astype(np.uint8)
