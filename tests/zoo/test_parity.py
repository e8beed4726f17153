"""The short form of ``benchmarks/zoo_parity.py``: every architecture at its smallest, two batches."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.zoo.small import DISTINCT, MODELS, small
from thumblab.core.layer import Layer, Shape
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, ReLU, Sequential

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def parity() -> Iterator[Any]:
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("zoo_parity")


@pytest.mark.parametrize("name", DISTINCT)
def test_both_engines_agree_before_each_batch(parity: Any, name: str) -> None:
    """Float32 beside PyTorch's own: BatchNorm over five images magnifies the rounding of both."""
    found = parity.measure(*small(name, 3), 3, batches=2, size=5)
    assert found["within"], found


MODEL: Layer = Sequential(Conv(4), BatchNorm(), ReLU(), Flatten(), Dense(3))
SHAPE: Shape = (3, 8, 8)


def test_a_bias_before_batch_norm_is_said_to_vanish(parity: Any) -> None:
    found = parity.measure(MODEL, SHAPE, 3, batches=1, size=5)
    assert found["vanishing"] == ["0.bias"]
    assert found["within"]


@pytest.mark.parametrize("spoilt", ["fast", "plain", "fast32"])
def test_an_engine_that_is_a_little_off_is_found(
    parity: Any, spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = parity.Engines.share

    def sharing(self: Any, state: Any) -> None:
        share(self, state)
        getattr(self, spoilt).arrays["4.weight"] *= 1 + 1e-4

    monkeypatch.setattr(parity.Engines, "share", sharing)
    assert not parity.measure(MODEL, SHAPE, 3, batches=2, size=5)["within"]


def test_every_model_is_asked_for_once(parity: Any) -> None:
    asked = parity.asked(None)
    told = [name for first, also in asked.items() for name in (first, *also)]
    assert sorted(told) == sorted(parity.MODELS)
    assert set(MODELS) <= set(told)
    assert parity.asked("r1_exp_17") == {"r1_exp_17": ["r1_experiment", "vgg_like", "r1_exp_15"]}


def test_rows_that_a_file_has_are_passed_over(
    parity: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "zoo.json"
    told = ["--batches", "1", "--batch", "2", "--into", str(file)]
    assert parity.main(["--models", "mlp", *told]) == 0
    before = file.read_bytes()
    assert parity.main(["--models", "mlp", *told, "--json"]) == 0
    assert file.read_bytes() == before
    (row,) = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (row["model"], row["batches"], row["within"]) == ("mlp", 1, True)


def test_distances_are_relative_to_the_largest(parity: Any) -> None:
    assert parity.apart([1.0, 4.0], [1.0, 5.0]) == pytest.approx(0.2)
    assert parity.apart([1.0], [0.0]) == 1.0
    assert np.isnan(parity.apart([np.nan], [1.0]))
