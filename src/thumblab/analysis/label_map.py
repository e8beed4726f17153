"""The common classes of two data sets that name the same things more and less finely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LabelMap:
    """Classes on which a network and a data set can be compared.

    Attributes:
        names: The common classes: those of whichever of the two has fewer.
        of_network: Common class of each class of the network.
        of_data: Common class of each class of the data.
    """

    names: tuple[str, ...]
    of_network: tuple[int, ...]
    of_data: tuple[int, ...]


def label_map(network: Sequence[str], data: Sequence[str]) -> LabelMap | None:
    """How classes of a network and of a data set meet, by their names.

    The set with fewer classes gives the common ones (at a tie the data's). A class of the other goes
    to the one of the same name, else to the one of the same letters in upper case, as EMNIST
    ByClass's ``c`` goes to ByMerge's ``C``.

    Args:
        network: Class names of the network, distinct.
        data: Class names of the data, distinct.

    Returns:
        None where a class finds no partner, so that no comparison is possible.

    Example:
        >>> label_map(["0", "C", "c"], ["C", "0"])
        LabelMap(names=('C', '0'), of_network=(1, 0, 0), of_data=(0, 1))
        >>> label_map(["cat"], ["dog"]) is None
        True
    """
    names = tuple(network) if len(network) < len(data) else tuple(data)
    place = {name: index for index, name in enumerate(names)}
    sides = [
        [place.get(name, place.get(name.upper())) for name in side] for side in (network, data)
    ]
    if any(index is None for side in sides for index in side):
        return None
    of_network, of_data = (tuple(index for index in side if index is not None) for side in sides)
    return LabelMap(names, of_network, of_data)
