from threading import current_thread
from typing import Any

import numpy as np
import pytest
from tests.data.pipeline.test_loader import ALL, CHAIN, loader

from thumblab.data import Flip, Loader, Prefetch


class Watched(Loader):
    """Says which thread changed which indices."""

    made: list[tuple[bool, int, list[int]]]

    def change(self, images: Any, epoch: int, indices: Any) -> Any:
        here = not current_thread().name.startswith("ahead")
        self.made = [*getattr(self, "made", []), (here, epoch, indices.tolist())]
        return super().change(images, epoch, indices)


def watched(fed: Loader) -> Watched:
    fed.__class__ = Watched
    assert isinstance(fed, Watched)
    return fed


def asked(ahead: Prefetch, fed: Loader, epoch: int, indices: np.ndarray) -> np.ndarray:
    return ahead.change(fed.images(epoch, indices), epoch, indices)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 1, 0]])
def test_images_are_the_feeds_in_whatever_order_they_are_asked_for(order: list[int]) -> None:
    fed = loader(*CHAIN, epochs=3)
    ahead = Prefetch(fed, 15)
    for epoch in range(3):
        for batch in order:
            indices = ALL[15 * batch : 15 * batch + 15]
            fresh = loader(*CHAIN, epochs=3)
            wanted = fresh.change(fresh.images(epoch, indices), epoch, indices)
            assert (asked(ahead, fed, epoch, indices) == wanted).all()


def test_all_but_the_first_batch_of_an_epoch_are_made_in_the_thread() -> None:
    fed = watched(loader(Flip()))
    ahead = Prefetch(fed, 15)
    for epoch in range(2):
        for begin in (0, 15, 30):
            asked(ahead, fed, epoch, ALL[begin : begin + 15])
    batches = [list(range(15)), list(range(15, 30)), list(range(30, 40))]
    assert fed.made == [
        (here, epoch, batch)
        for epoch in range(2)
        for here, batch in zip((True, False, False), batches, strict=True)
    ]


def test_a_rank_gets_its_share_of_the_next_batch_too() -> None:
    fed = watched(loader(Flip()))
    ahead = Prefetch(fed, 20)
    for begin in (10, 30):
        asked(ahead, fed, 0, ALL[begin : begin + 10])
    assert [here for here, *_ in fed.made] == [True, False]


def test_a_mistake_in_the_thread_is_raised_where_its_batch_is_asked_for() -> None:
    class Broken(Loader):
        def images(self, epoch: int, indices: Any) -> Any:
            raise MemoryError("no room")

    fed = loader(Flip())
    first, second = (fed.images(0, ALL[begin : begin + 20]) for begin in (0, 20))
    fed.__class__ = Broken
    ahead = Prefetch(fed, 20)
    ahead.change(first, 0, ALL[:20])
    with pytest.raises(MemoryError, match="no room"):
        ahead.change(second, 0, ALL[20:])
