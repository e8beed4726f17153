"""What every optimizer must satisfy, found by listing ``thumblab.optim``."""

from __future__ import annotations

import numpy as np
import pytest

import thumblab.optim
from tests.contract.subjects import OPTIMIZERS, public
from tests.optim.moved import SHAPES, Moved, Twin, gradients
from tests.optim.moved import SIZE as SIZE_OF_ALL
from tests.optim.test_denormal import denormal
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.optim import (
    Cosine,
    Optimizer,
    elementwise,
    resolve,
    shares,
    update,
    with_learning_rate,
)
from thumblab.optim.denormal import EVERY

NAMED = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
ELEMENTWISE = pytest.mark.parametrize(
    "optimizer", [each for each in OPTIMIZERS if elementwise(each)], ids=repr
)
SIZE = 1003
"""Not a multiple of any vector register."""
KINDS = {"0": "conv", "1": "norm", "4": "dense", "7": "head"}
NAMES = {name: (name, f"{KINDS[name[0]]}{name[1:]}") for name in SHAPES}


def empty_slots(optimizer: Optimizer, size: int = SIZE) -> dict[str, np.ndarray]:
    return {name: np.zeros(size) for name in optimizer.slots}


def test_every_optimizer_has_an_example() -> None:
    assert set(public(thumblab.optim, Optimizer)) == {type(example) for example in OPTIMIZERS}


@NAMED
def test_ten_steps_agree_with_torch(optimizer: Optimizer) -> None:
    ours, theirs = Moved(optimizer), Twin(optimizer)
    for step, grad in enumerate(gradients(10)):
        ours.run(grad[None], step)
        theirs.run(grad[None], step)
        np.testing.assert_allclose(
            ours.flat, theirs.flat, rtol=1e-11, atol=1e-12, err_msg=f"step {step}"
        )
    if optimizer.shown:
        np.testing.assert_allclose(
            ours.slots[optimizer.shown], theirs.slot(optimizer.shown), rtol=1e-11, atol=1e-12
        )


@NAMED
def test_the_twin_resumes_from_its_state(optimizer: Optimizer) -> None:
    grads = gradients(9)
    whole, first, second = Twin(optimizer).run(grads), Twin(optimizer), Twin(optimizer)
    first.run(grads[:4])
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    for name, parameter in second.parameters.items():
        parameter.data.copy_(first.parameters[name].data)
    second.run(grads[4:], 4)
    np.testing.assert_array_equal(second.flat, whole.flat)


@NAMED
def test_weights_and_slots_are_all_that_a_resumed_run_needs(optimizer: Optimizer) -> None:
    grads = gradients(9)
    whole, first = Moved(optimizer).run(grads), Moved(optimizer).run(grads[:4])
    second = Moved(from_dict(to_dict(optimizer)))
    second.flat[...] = first.flat
    for name, slot in first.slots.items():
        second.slots[name][...] = slot
    second.run(grads[4:], 4)
    np.testing.assert_array_equal(second.flat, whole.flat)
    for name, slot in whole.slots.items():
        np.testing.assert_array_equal(second.slots[name], slot)


@NAMED
@pytest.mark.parametrize("workers", [2, 3, 7])
def test_weights_do_not_depend_on_the_number_of_workers(optimizer: Optimizer, workers: int) -> None:
    grads = gradients(6)
    one, several = Moved(optimizer).run(grads), Moved(optimizer, workers=workers).run(grads)
    np.testing.assert_allclose(several.flat, one.flat, rtol=1e-12, atol=1e-13)
    for name, slot in one.slots.items():
        np.testing.assert_allclose(several.slots[name], slot, rtol=1e-12, atol=1e-13)
    again = Moved(optimizer, workers=workers).run(grads)
    np.testing.assert_array_equal(again.flat, several.flat)


@NAMED
@pytest.mark.parametrize("workers", [1, 2, 5, 100])
def test_the_workers_move_every_weight_once(optimizer: Optimizer, workers: int) -> None:
    moved = np.zeros(len(Moved(optimizer).flat), int)
    found = shares(optimizer, SHAPES, workers)
    assert len(found) == workers
    for pieces in found:
        for name, (place, shape) in pieces.items():
            moved[place] += 1
            assert moved[place].reshape(shape).shape == shape
            assert not optimizer.whole(name, SHAPES.get(name, ())) or shape == SHAPES[name]
    assert (moved == 1).all()


@NAMED
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_dtype_stays_and_weights_move(optimizer: Optimizer, dtype: str) -> None:
    moved, start = Moved(optimizer, dtype=dtype), Moved(optimizer, dtype=dtype)
    moved.run(gradients(1))
    assert {array.dtype for array in (moved.flat, *moved.slots.values())} == {np.dtype(dtype)}
    assert (moved.flat != start.flat).mean() > 0.75
    assert np.isfinite(moved.flat).all()


@NAMED
def test_no_gradient_breaks_the_weights(optimizer: Optimizer) -> None:
    for size in (0.0, 1e-30, 1e15):
        moved = Moved(optimizer, dtype="f4").run(gradients(3, size=size))
        assert np.isfinite(moved.flat).all()


@NAMED
def test_what_decays_unfed_does_not_stay_denormal(optimizer: Optimizer) -> None:
    """Denormal numbers make every later step slow."""
    moved = Moved(optimizer, dtype="f4").run(gradients(1))
    for slot in moved.slots.values():
        slot[...] = np.sign(slot) * np.linspace(1e-34, 3e-34, len(slot))
    for step in range(0, 150, EVERY):
        moved.run(np.zeros((EVERY, SIZE_OF_ALL)), step)
        for name, array in {"weights": moved.flat, **moved.slots}.items():
            assert not denormal(array), (name, step)


@NAMED
def test_the_rate_can_be_set_and_patterns_settled_once(optimizer: Optimizer) -> None:
    assert with_learning_rate(optimizer, Cosine(0.7)).learning_rate == Cosine(0.7)
    resolved = resolve(optimizer, NAMES)
    assert resolved == resolve(resolved, NAMES)
    assert resolved.slots == optimizer.slots


@ELEMENTWISE
def test_weights_move_one_by_one_wherever_the_vector_is_cut(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(1)
    whole, slots = rng.standard_normal(SIZE), empty_slots(optimizer)
    cut, cut_slots = whole.copy(), empty_slots(optimizer)
    for step in range(3):
        grad = rng.standard_normal(SIZE)
        update(optimizer, whole, grad, slots, 0.1, step + 1)
        for part in (slice(0, 7), slice(7, 520), slice(520, SIZE)):
            tta = {name: slot[part] for name, slot in cut_slots.items()}
            update(optimizer, cut[part], grad[part], tta, 0.1, step + 1)
    np.testing.assert_array_equal(cut, whole)
    for name, slot in slots.items():
        np.testing.assert_array_equal(cut_slots[name], slot)


@ELEMENTWISE
def test_the_gradient_is_left_alone(optimizer: Optimizer) -> None:
    grad = np.random.default_rng(2).standard_normal(SIZE)
    copy = grad.copy()
    update(optimizer, np.ones(SIZE), grad, empty_slots(optimizer), 0.1, 1)
    np.testing.assert_array_equal(grad, copy)


@ELEMENTWISE
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_weight_moves_against_its_gradient(optimizer: Optimizer, dtype: str) -> None:
    weight = np.ones(5, dtype)
    slots = {name: np.zeros(5, dtype) for name in optimizer.slots}
    update(optimizer, weight, np.ones(5, dtype), slots, 0.1, 1)
    assert (weight < 1).all()


@NAMED
def test_optimizers_serialize(optimizer: Optimizer) -> None:
    copy = from_dict(to_dict(optimizer))
    assert copy == optimizer
    assert digest(copy) == digest(optimizer)
    assert hash(copy) == hash(optimizer)
