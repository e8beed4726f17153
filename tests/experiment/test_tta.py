from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from thumblab.config import fit, format_value
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.data import Affine, augment
from thumblab.experiment import TTA, Flips, FlipShift, RotateScale, Shifts
from thumblab.experiment.tta import View, mean_logits, seen

EXAMPLES = [
    Flips(),
    Shifts(),
    FlipShift(),
    FlipShift(2, "zero"),
    RotateScale(),
    RotateScale(9, 0.2),
]
NAMED = pytest.mark.parametrize("tta", EXAMPLES, ids=repr)

IMAGE = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3, 1)


def shown(view: View) -> list[list[int]]:
    found: list[list[int]] = seen(IMAGE, view)[0, :, :, 0].tolist()
    return found


@NAMED
def test_weights_sum_to_1(tta: TTA) -> None:
    assert sum(view.weight for view in tta.each) == 1
    assert len({replace(view, weight=0.0) for view in tta.each}) == len(tta.each)


def test_six_views_weigh_as_published() -> None:
    weights = {(view.mirrored, view.down, view.right): view.weight for view in FlipShift().each}
    assert weights == {
        (mirrored, by, by): 0.125 if by else 0.25 for mirrored in (False, True) for by in (-1, 0, 1)
    }


@pytest.mark.parametrize(
    ("view", "pixels"),
    [
        (View(False, 0, 0, 1.0), [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        (View(True, 0, 0, 1.0), [[3, 2, 1], [6, 5, 4], [9, 8, 7]]),
        (View(False, 1, 1, 1.0, "zero"), [[0, 0, 0], [0, 1, 2], [0, 4, 5]]),
        (View(False, -1, -1, 1.0, "edge"), [[5, 6, 6], [8, 9, 9], [8, 9, 9]]),
        (View(False, -1, -1, 1.0, "reflect"), [[5, 6, 5], [8, 9, 8], [5, 6, 5]]),
        (View(True, 1, 0, 1.0, "zero"), [[0, 0, 0], [3, 2, 1], [6, 5, 4]]),
        (View(True, 0, 1, 1.0, "zero"), [[2, 1, 0], [5, 4, 0], [8, 7, 0]]),
        (View(False, 0, -2, 1.0, "zero"), [[3, 0, 0], [6, 0, 0], [9, 0, 0]]),
    ],
)
def test_a_view_is_moved_and_then_mirrored(view: View, pixels: list[list[int]]) -> None:
    before = IMAGE.copy()
    assert shown(view) == pixels
    np.testing.assert_array_equal(IMAGE, before)


def test_turned_and_scaled_views_are_those_of_the_augmentation() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 9, 12, 1), np.uint8)
    wanted = Affine(6.0, 0.0, 0.1)
    draws = [(0.5, 0.5), (0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0)]
    tta = RotateScale(6.0, 0.1).each
    assert {view.weight for view in tta} == {0.2}
    for view, (angle, size) in zip(tta, draws, strict=True):
        drawn = np.array([[angle, size, 0.5, 0.5]] * 2)
        np.testing.assert_array_equal(seen(images, view), augment(wanted, images, drawn))


def test_a_view_is_turned_before_it_is_moved_and_mirrored() -> None:
    assert shown(View(True, 1, 0, 1.0, "zero", degrees=90.0)) == [[0, 0, 0], [9, 6, 3], [8, 5, 2]]


def test_logits_are_averaged_by_weight() -> None:
    images = np.random.default_rng(0).integers(0, 255, (4, 5, 6, 3), np.uint8)

    def predict(batch: Any) -> Any:
        assert batch.flags.c_contiguous
        return batch.reshape(4, -1)[:, :7].astype(np.float32)

    found = mean_logits(predict, images, FlipShift(mode="edge"))
    moved = [np.pad(images, ((0, 0), pad, pad, (0, 0)), "edge") for pad in ((0, 1), (1, 0))]
    copies = [images, moved[0][:, 1:, 1:], moved[1][:, :-1, :-1]]
    wanted = sum(
        weight * np.ascontiguousarray(each).reshape(4, -1)[:, :7].astype(float)
        for copy, weight in zip(copies, (0.25, 0.125, 0.125), strict=True)
        for each in (copy, copy[:, :, ::-1])
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


@pytest.mark.parametrize(("shape", "far"), [((4, 6), 0), ((4, 2, 9, 1), 2)])
def test_what_cannot_be_moved_so_far_is_refused(shape: tuple[int, ...], far: int) -> None:
    with pytest.raises(UsageError, match=f"moves images {far} pixels reads .* was given .4, "):
        mean_logits(lambda batch: batch, np.zeros(shape, np.uint8), Shifts(2))


def test_nonsense_is_refused() -> None:
    with pytest.raises(
        UsageError, match="pixels must be whole, at least 1, and mode zero or edge or refl"
    ):
        Shifts(0)
    with pytest.raises(UsageError, match="pixels must be whole"):
        Shifts(1.5)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="mode zero or edge or reflect"):
        FlipShift(mode="wrap")  # type: ignore[arg-type]
    for degrees, scale in ((0.0, 0.1), (181.0, 0.1), (6.0, 0.0), (6.0, 1.0), (float("nan"), 0.1)):
        with pytest.raises(UsageError, match=r"degrees must be in \(0, 180\] and scale in \(0, 1"):
            RotateScale(degrees, scale)
    with pytest.raises(MissingRuleError, match="TTA does not say its views; define each"):
        _ = TTA().each


@NAMED
def test_they_serialize_and_are_named_on_the_command_line(tta: TTA) -> None:
    assert from_dict(to_dict(tta)) == tta
    assert digest(from_dict(to_dict(tta))) == digest(tta)
    assert fit(format_value(tta), TTA) == tta


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="unknown tta 'flip_shifts'; did you mean 'flip_shift'"):
        fit("flip_shifts", TTA)
