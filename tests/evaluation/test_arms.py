from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thumblab.core.errors import UsageError
from thumblab.core.value import to_dict
from thumblab.data import Characters
from thumblab.evaluation.arms import arms_of, mixed, names_of, settings_of
from thumblab.experiment import Experiment
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Adam, OneCycle
from thumblab.runs import Run

MODEL = Sequential(Flatten(), Dense(47))
BASE = Experiment(data=Characters(), model=MODEL).optimizer


def run_of(folder: Path, **changes: Any) -> Run:
    experiment = Experiment(**({"data": Characters(), "model": MODEL, "label": "mlp"} | changes))
    key = experiment.key("made up")
    path = folder / key[:12]
    path.mkdir(exist_ok=True)
    about = {"schema": 1, "key": key, "fingerprint": "made up", "experiment": to_dict(experiment)}
    (path / "experiment.json").write_text(json.dumps(about))
    return Run.open(path)


def test_seeds_are_pooled_and_arms_have_the_names_of_what_they_differ_in(tmp_path: Path) -> None:
    optimizers = {"adam": Adam(learning_rate=BASE.learning_rate), "sgd": BASE}
    runs = [
        run_of(tmp_path, optimizer=each, seed=seed)
        for seed in (2, 0, 1)
        for each in optimizers.values()
    ]
    found = arms_of(runs)
    assert [(arm.name, arm.seeds) for arm in found.each] == [
        ("sgd", (0, 1, 2)),
        ("adam", (0, 1, 2)),
    ]
    assert found.apart(found.each[1]) == ("optimizer", "optimizer.weight_decay")
    assert [arm.name for arm in arms_of(runs, against="adam").each] == ["adam", "sgd"]


def test_the_reference_does_not_depend_on_digests_or_on_the_order_given(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, batch=batch) for batch in (32, 256, 128, 64)]
    for order in (runs, runs[::-1]):
        found = arms_of(order)
        assert found.reference.name == "batch=128"  # the default
        assert [arm.name for arm in found.each[1:]] == ["batch=256", "batch=32", "batch=64"]
    assert "nearest to the default settings" in found.why
    more = [*runs, run_of(tmp_path, batch=32, seed=1)]
    assert arms_of(more).reference.name == "batch=32"  # it has two seeds
    assert arms_of(runs, against="256").reference.name == "batch=256"
    assert arms_of(runs, against="batch=64").reference.name == "batch=64"
    assert arms_of(runs, against=runs[0].folder.name).reference.name == "batch=32"
    assert arms_of(runs, against=str(runs[0].folder) + "/").reference.name == "batch=32"


def test_every_argument_counts_as_a_setting(tmp_path: Path) -> None:
    """As one option that changes three things once did."""
    usual = run_of(tmp_path)
    other = run_of(tmp_path, optimizer=SGD(learning_rate=OneCycle(0.1)))
    found = arms_of([usual, other])
    apart = found.apart(found.each[1])
    assert set(apart) == {
        "optimizer.learning_rate.max_lr",
        "optimizer.weight_decay",
        "optimizer.nesterov",
    }
    assert found.reference.runs == (usual,)


def test_names_are_as_short_as_tells_the_arms_apart(tmp_path: Path) -> None:
    runs = [
        run_of(tmp_path, optimizer=optimizer, loss=CrossEntropy(smoothing), precise=precise)
        for optimizer, smoothing, precise in (
            (BASE, 0.3, False), (Adam(1e-3), 0.3, False), (BASE, 0.0, True)
        )
    ]  # fmt: skip
    names = {arm.name for arm in arms_of(runs).each}
    assert names == {"sgd loss.smoothing=0.3", "adam loss.smoothing=0.3", "sgd loss.smoothing=0"}


def test_arms_can_be_asked_for_by_name(tmp_path: Path) -> None:
    runs = [
        run_of(tmp_path, loss=CrossEntropy(smoothing), batch=batch, seed=seed)
        for smoothing, batch, seed in ((0.0, 128, 0), (0.1, 128, 0), (0.0, 64, 1), (0.1, 64, 1))
    ]
    found = arms_of(runs, by=("loss",))
    assert [arm.name for arm in found.each] == ["loss.smoothing=0", "loss.smoothing=0.1"]
    assert list(mixed(found.each[0])) == ["batch"]
    both = arms_of(runs)
    assert {"loss.smoothing=0.1", "batch=64"} in [{*arm.name.split()} for arm in both.each]
    with pytest.raises(UsageError, match="there is no setting 'color'; name one of augment, batch"):
        arms_of(runs, by=("color",))
    with pytest.raises(UsageError, match="'nobody' is none of the arms, or several; name one of"):
        arms_of(runs, against="nobody")


def test_runs_of_any_data_have_the_names_of_their_arms(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, batch=batch, seed=seed) for batch in (32, 64) for seed in (0, 1)]
    assert names_of(runs) == ["batch=32", "batch=32", "batch=64", "batch=64"]
    assert names_of(runs[:2]) == ["", ""]


def test_two_runs_of_one_seed_are_not_one_arm(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, batch=batch) for batch in (32, 64)]
    with pytest.raises(UsageError, match="would both be seed 0 of the arm"):
        arms_of(runs, by=("loss",))
    with pytest.raises(
        UsageError, match="would both be seed 0 of the arm 'all runs'; give each run"
    ):
        arms_of([runs[0], runs[0]])


def test_seeds_of_one_experiment_are_one_arm(tmp_path: Path) -> None:
    (arm,) = arms_of([run_of(tmp_path, seed=seed) for seed in (1, 0)]).each
    assert (arm.name, arm.seeds, arm.settings) == ("all runs", (0, 1), {})


def test_settings_go_down_to_the_last_argument(tmp_path: Path) -> None:
    told = settings_of(run_of(tmp_path).experiment)
    assert told["optimizer"] == "sgd"
    assert told["optimizer.learning_rate"] == "one_cycle"
    assert told["optimizer.learning_rate.max_lr"] == "0.05"
    assert told["model"] == "mlp"
    assert told["augment"] == "none"
    assert not {"seed", "data", "label", "type"} & set(told)
