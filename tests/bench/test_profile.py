from __future__ import annotations

from collections import Counter

import pytest

from thumblab.bench import profile as profiling
from thumblab.bench.profile import CONTAINERS, Profile, Training, holder, peak_gflops, profile
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, walk
from thumblab.data import Flip, MixUp
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Frozen,
    GlobalAvgPool,
    MaxPool,
    ReLU,
    Sequential,
    Whiten,
    residual,
)
from thumblab.optim import EMA, Muon

SHAPE = (3, 8, 8)
BLOCK = residual(Sequential(Conv(8, bias=False), BatchNorm(), ReLU(), Conv(8), BatchNorm()))
MODEL = Sequential(Conv(8), ReLU(), MaxPool(2), BLOCK, ReLU(), GlobalAvgPool(), Dense(5))


@pytest.fixture(autouse=True)
def _any_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiling, "peak_gflops", lambda: 100.0)


@pytest.fixture(scope="module", params=[1, 2], ids=["one-worker", "two-workers"])
def found(request: pytest.FixtureRequest) -> Profile:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(profiling, "peak_gflops", lambda: 100.0)
        return profile(MODEL, SHAPE, batch=33, workers=request.param, steps=3)


def test_stages_and_the_rest_add_up_to_the_step(found: Profile) -> None:
    stages = sum(stage.forward_ms + stage.backward_ms for stage in found.stages)
    assert found.augment_ms == 0
    rest = found.door_ms + found.loss_ms + found.optimizer_ms + found.waiting_ms
    assert stages + rest == pytest.approx(found.step_ms)
    assert min(found.door_ms, found.loss_ms, found.optimizer_ms) > 0
    assert all(stage.forward_ms >= 0 and stage.backward_ms >= 0 for stage in found.stages)


def test_a_step_has_the_optimizer_and_the_augmentation_that_were_asked_for() -> None:
    asked = Training(EMA(Muon(exclude=("head",))), (Flip(), MixUp()))
    found = profile(MODEL, SHAPE, batch=33, workers=2, steps=2, training=asked)
    assert found.augment_ms > 0
    assert found.door_ms > 0
    stages = sum(stage.forward_ms + stage.backward_ms for stage in found.stages)
    rest = found.augment_ms + found.door_ms + found.loss_ms + found.optimizer_ms
    assert stages + rest + found.waiting_ms == pytest.approx(found.step_ms)


def test_every_layer_is_in_one_stage(found: Profile) -> None:
    *stages, containers = found.stages
    leaves = Counter(str(layer) for _, layer, _ in walk(MODEL, SHAPE))
    shown = Counter(name for stage in stages for name in stage.layers)
    assert not leaves - shown
    assert set(shown - leaves) <= {"FusedSum"}  # what ends in a sum, with the ReLU behind it
    assert containers.layers == (CONTAINERS,)
    assert stages[0].layers == (str(Conv(8)), str(ReLU()))
    assert stages[0].path == "0"


def test_unfused_every_layer_is_a_stage() -> None:
    told = profile(MODEL, SHAPE, batch=16, steps=1, fused=False)
    *stages, containers = told.stages
    leaves = [(path.rstrip("."), (str(layer),)) for path, layer, _ in walk(MODEL, SHAPE)]
    assert [(stage.path, stage.layers) for stage in stages] == leaves
    assert containers.layers == (CONTAINERS,)


def test_flops_are_those_of_one_workers_images(found: Profile) -> None:
    assert found.images == (33 if found.workers == 1 else 32)
    assert sum(stage.flops for stage in found.stages) == found.images * MODEL.flops(SHAPE)
    first, dense = found.stages[0], found.stages[-2]
    for stage, times in ((first, 2), (dense, 3)):  # nobody reads the gradient of the images
        speed = times * stage.flops / (stage.forward_ms + stage.backward_ms) / 1e6
        assert stage.gflops_per_second == pytest.approx(speed, abs=0.1)
        assert stage.peak_share == pytest.approx(speed / 100, abs=1e-3)


def test_prediction_has_neither_loss_nor_a_way_back() -> None:
    found = profile(MODEL, SHAPE, mode="infer", batch=33, workers=1, steps=3)
    stages = sum(stage.forward_ms for stage in found.stages)
    assert stages + found.door_ms == pytest.approx(found.step_ms)
    assert found.loss_ms == found.optimizer_ms == sum(s.backward_ms for s in found.stages) == 0
    assert sum(stage.flops for stage in found.stages) == 33 * MODEL.flops(SHAPE)
    dense = found.stages[-2]
    speed = dense.flops / dense.forward_ms / 1e6
    assert dense.gflops_per_second == pytest.approx(speed, abs=0.1)


def test_time_inside_a_frozen_layer_is_its_own() -> None:
    trunk = Frozen(Sequential(Conv(16), ReLU(), Conv(16)))
    found = profile(Sequential(trunk, Flatten(), Dense(5)), SHAPE, batch=64, workers=1, steps=3)
    frozen, flat, dense, containers = found.stages
    assert frozen.layers == (str(trunk),)
    assert frozen.forward_ms > max(flat.forward_ms, dense.forward_ms, containers.forward_ms)
    speed = frozen.flops / (frozen.forward_ms + frozen.backward_ms) / 1e6
    assert frozen.gflops_per_second == pytest.approx(speed, abs=0.1)  # no gradient is made


def test_a_matrix_that_is_fitted_has_no_gradient_to_make() -> None:
    model = Sequential(Whiten(), GlobalAvgPool(), Dense(5))
    whiten = profile(model, SHAPE, batch=16, workers=1, steps=3).stages[0]
    speed = whiten.flops / (whiten.forward_ms + whiten.backward_ms) / 1e6
    assert whiten.gflops_per_second == pytest.approx(speed, abs=0.1)


def test_without_other_workers_nobody_waits(found: Profile) -> None:
    assert (found.waiting_ms == 0) == (found.workers == 1)


def test_a_small_batch_takes_fewer_workers() -> None:
    model = Sequential(Flatten(), Dense(3))
    found = profile(model, (4,), batch=5, workers=4, steps=1)
    assert (found.workers, found.images) == (1, 5)


@pytest.mark.parametrize(
    ("path", "ran", "place"),
    [
        ("3.", ["", "0.", "3."], "3."),
        ("2.", ["", "0.", "3."], "0."),
        ("4.", ["", "3.", "3.0.", "3.1."], "3."),
        ("3.0.2.", ["", "0.", "3.", "3.0.", "3.0.0."], "3.0.0."),
        ("3.0.2.", ["", "0.", "3."], "3."),
        ("3.0.2.", ["", "0."], "0."),
        ("2.body.1.", ["", "2."], "2."),
        ("0.", [""], ""),
        ("12.", ["", "9.", "1."], "9."),
    ],
)
def test_a_layer_belongs_to_the_stage_that_took_it_in(
    path: str, ran: list[str], place: str
) -> None:
    assert holder(path, ran) == place


@pytest.mark.parametrize(
    ("model", "batch"), [(Sequential(Conv(4)), 16), (MODEL, 0)], ids=["no-logits", "no-images"]
)
def test_what_cannot_be_profiled_is_told(model: Layer, batch: int) -> None:
    with pytest.raises(UsageError, match=r"cannot be profiled at batch \d+, 1 workers and 2 steps"):
        profile(model, SHAPE, batch=batch, workers=1, steps=2)


def test_the_peak_is_a_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiling, "SQUARES", ((1, 64), (4, 16)))
    assert 0.01 < peak_gflops(0.01) < 1e4
