from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from thumblab.bench.step import STEPS, SUBJECTS, Mode, _twin, environment, job
from thumblab.bench.worker import CannotRunError
from thumblab.core.layer import weights
from thumblab.engines.numpy import Network

COMPILED = {name for name in STEPS if "compiled" in name}


@pytest.fixture
def torch() -> ModuleType:
    return pytest.importorskip("torch")


@pytest.mark.parametrize("name", SUBJECTS)
def test_subjects_can_be_built_for_what_they_read(name: str) -> None:
    subject = SUBJECTS[name]
    assert subject.build().out_shape(subject.shape) == (subject.classes,)


def test_the_models_are_those_that_peers_were_measured_on() -> None:
    count = {
        name: sum(np.prod(w.shape) for w in weights(s.build(), s.shape).values() if w.trained)
        for name, s in SUBJECTS.items()
    }
    assert (count["vgg_like"], count["resnet20"], count["vit"]) == (453_482, 272_474, 207_946)
    assert (count["mlp"], count["baseline_cnn"]) == (1_624_676, 1_105_476)


@pytest.mark.parametrize("mode", ["train", "infer"])
@pytest.mark.parametrize("engine", sorted(set(STEPS) - COMPILED))
def test_every_engine_takes_steps(engine: str, mode: Mode) -> None:
    if engine.startswith("torch"):
        pytest.importorskip("torch")
    step = STEPS[engine](job(SUBJECTS["lenet5"], 5, mode, 2))
    step()
    step()


@pytest.mark.parametrize("engine", sorted(COMPILED))
def test_without_a_compiler_a_compiled_engine_says_so(
    engine: str, torch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_(module: Any) -> Any:
        def fail(x: Any) -> Any:
            raise RuntimeError("No working C++ compiler found\nand more")

        return fail

    monkeypatch.setattr(torch, "compile", compile_)
    with pytest.raises(CannotRunError, match=r"\(No working C\+\+ compiler found\); it needs a C"):
        STEPS[engine](job(SUBJECTS["lenet5"], 2, "train", 2))


def test_both_engines_start_from_the_same_weights(torch: ModuleType) -> None:
    what = job(SUBJECTS["wide"], 2, "train", 1)
    theirs = _twin(what, torch).state_dict()
    for name, array in Network(what.model, what.shape, workers=1).weights().items():
        np.testing.assert_array_equal(theirs[name].numpy(), array)


def test_engines_get_equal_threads() -> None:
    assert environment("numpy", 2)["OMP_NUM_THREADS"] == "1"  # two workers of one thread
    assert environment("torch_eager", 2)["OMP_NUM_THREADS"] == "2"
