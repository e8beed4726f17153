from typing import Any

import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.data import (
    AlternatingFlip,
    Balanced,
    Crop,
    CutMix,
    Flip,
    Growing,
    Loader,
    MixUp,
    Rotate,
    Split,
    augment,
)
from thumblab.data.pipeline.augment import draw
from thumblab.data.pipeline.sampling import order

RNG = np.random.default_rng(1)
PART = Split(RNG.integers(0, 256, (40, 12, 12, 3)).astype(np.uint8), RNG.integers(0, 5, 40))
ALL = np.arange(40)
CHAIN = (AlternatingFlip(), Crop(2), MixUp(1.0), Rotate(), CutMix(1.0, 0.7))


def loader(*chain: Any, **options: Any) -> Loader:
    return Loader(PART, 6, augment=chain, **options)


def changed(fed: Loader, epoch: int, indices: np.ndarray = ALL) -> np.ndarray:
    return fed.change(fed.images(epoch, indices), epoch, indices)


def test_an_epoch_is_its_order_of_the_samples() -> None:
    for sampling in ({}, {"sampling": Balanced()}):
        fed = loader(seed=3, **sampling)
        rows = order(sampling.get("sampling", fed._sampling), PART.labels, 3, 2)
        assert (fed.images(2, ALL) == PART.images[rows]).all()
        assert (fed.targets(2, ALL) == PART.labels[rows]).all()
        assert fed.targets(2, ALL).dtype == np.int64


def test_a_place_has_the_same_image_and_target_however_batches_are_cut() -> None:
    whole = loader(*CHAIN, resizing=Growing((9,), (0.5,)), epochs=8)
    images, targets = changed(whole, 3), whole.targets(3, ALL)
    indices = np.array([31, 2, 7])
    fresh = loader(*CHAIN, resizing=Growing((9,), (0.5,)), epochs=8)
    changed(fresh, 2, np.arange(5))
    assert (changed(fresh, 3, indices) == images[indices]).all()
    assert (fresh.targets(3, indices) == targets[indices]).all()


def test_seed_epoch_and_place_in_the_chain_decide() -> None:
    base = changed(loader(*CHAIN, epochs=2), 0)
    assert (changed(loader(*CHAIN, epochs=2), 1) != base).any()
    assert (changed(loader(*CHAIN, seed=1), 0) != base).any()
    twice = loader(Flip(), Flip())
    assert (changed(twice, 0) != twice.images(0, ALL)).any()
    assert (changed(loader(*CHAIN, epochs=2), 0) == base).all()


def test_augmentations_follow_each_other() -> None:
    fed, rows = loader(Flip(), Crop(2)), order(loader()._sampling, PART.labels, 0, 0)
    images = PART.images[rows]
    for place, each in enumerate((Flip(), Crop(2))):
        images = augment(each, images, draw(each, rows, 0, place, 0))
    assert (changed(fed, 0) == images).all()


def test_a_repeated_sample_is_changed_in_another_way_each_time() -> None:
    one = Split(PART.images[:1].repeat(40, 0), PART.labels[:1].repeat(40))
    fed = Loader(one, 5, augment=(Crop(3),), sampling=Balanced())
    assert len(np.unique(changed(fed, 0), axis=0)) > 20


def test_nothing_to_do_changes_nothing() -> None:
    images = loader().images(0, ALL)
    assert loader().change(images, 0, ALL) is images
    features = Split(np.ones((4, 7), np.float32), np.zeros(4, np.int64))
    fed = Loader(features, 2)
    assert fed.change(fed.images(0, ALL[:4]), 0, ALL[:4]).shape == (4, 7)


# ----- Mixing -----


def flat(values: np.ndarray) -> Split:
    """Images of one gray level each, which is also their label."""
    return Split(np.repeat(values.astype(np.uint8), 64).reshape(-1, 8, 8, 1), values)


@pytest.mark.parametrize("chain", [(MixUp(1.0),), (CutMix(1.0, 1.0),), (MixUp(1.0), MixUp(1.0))])
def test_targets_are_mixed_as_images_are(chain: Any) -> None:
    """With the label as gray level, the mean of an image is the mean of its target."""
    levels = np.arange(0, 250, 5)
    fed, indices = Loader(flat(levels), 250, augment=chain), np.arange(len(levels))
    soft = fed.targets(0, indices)
    assert soft.dtype == np.float32
    np.testing.assert_allclose(soft.sum(1), 1, rtol=1e-6)
    assert (soft >= 0).all()
    means = changed(fed, 0, indices).mean((1, 2, 3))
    np.testing.assert_allclose(means, soft @ np.arange(250), atol=len(chain) * 0.5 + 0.01)
    assert (np.count_nonzero(soft, 1) > 1).mean() > 0.7
    if len(chain) == 2:
        assert (np.count_nonzero(soft, 1) > 2).any()


def test_partners_come_from_the_whole_epoch_and_are_other_ones_in_the_next() -> None:
    levels = np.arange(200)
    fed, indices = Loader(flat(levels), 200, augment=(MixUp(1.0),), epochs=2), np.arange(10)
    partners = []
    for epoch in (0, 1):
        soft, own = fed.targets(epoch, indices), fed.images(epoch, indices)[:, 0, 0, 0]
        soft[indices, own] = 0
        partners.append(soft.argmax(1))
        batch = set(own.tolist())
        assert len(set(partners[epoch].tolist()) - batch) > 5
    assert (partners[0] != partners[1]).any()


def test_partners_are_as_balanced_as_the_samples() -> None:
    labels = np.repeat([0, 1], [1980, 20])
    rare = Split(np.zeros((2000, 2, 2, 1), np.uint8), labels)
    fed = Loader(rare, 2, augment=(MixUp(1.0),), sampling=Balanced())
    assert fed.targets(0, np.arange(2000)).mean(0) == pytest.approx([0.5, 0.5], abs=0.03)


def test_a_partner_has_undergone_what_comes_before_the_mixing() -> None:
    """What is replaced whole is the partner's own image of that epoch."""
    fed = loader(Crop(3), MixUp(1e-9))  # keeps everything or nothing
    plain = changed(loader(Crop(3)), 0)
    mixed = changed(fed, 0)
    alike = (mixed[:, None] == plain[None]).all((2, 3, 4))
    assert alike.any(1).all()
    assert 5 < np.count_nonzero(~alike[ALL, ALL]) < 35


def test_soft_targets_are_as_wide_as_the_logits() -> None:
    assert loader(MixUp()).targets(0, ALL).shape == (40, 6)


# ----- Sizes -----


def test_images_grow_after_they_were_augmented() -> None:
    fed = loader(Flip(), resizing=Growing((6, 9), (0.25, 0.5)), epochs=8)
    found = [changed(fed, epoch).shape for epoch in range(8)]
    assert found == [(40, side, side, 3) for side in (6, 6, 9, 9, 12, 12, 12, 12)]


def test_features_cannot_be_changed() -> None:
    features = Split(np.zeros((4, 7), np.float32), np.zeros(4, np.int64))
    for options in ({"augment": (Flip(),)}, {"resizing": Growing()}):
        with pytest.raises(UsageError, match=r"read uint8 images \(n, h, w, c\) but were given f"):
            Loader(features, 2, **options)
