from __future__ import annotations

import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.training.small import MODEL, WORKERS, dataset, experiment, trained
from thumblab.config import fit
from thumblab.core.errors import RunError, UsageError
from thumblab.core.layer import weights
from thumblab.core.value import from_dict, to_dict
from thumblab.data import MeanStd, Rescale
from thumblab.experiment import InitFrom, Pretrained
from thumblab.experiment.pretrained import begin, begin_from
from thumblab.layers import BatchNorm, Dense, Flatten, Frozen, Sequential, StandardScaler
from thumblab.optim import SGD
from thumblab.runs import Run
from thumblab.storage.checkpoint import digest, load_arrays, save_arrays
from thumblab.training import train
from thumblab.training.initial_weights import warn_if_drawn

TRUNK = Sequential(Frozen(Sequential(*MODEL.layers[:4])), Flatten(), Dense(47))
STILL = SGD(learning_rate=0.0, weight_decay=0.0)


class Stub:
    """A network that is only its weights."""

    def __init__(self, **shapes: tuple[int, ...]) -> None:
        self.arrays = {
            name.replace("_", "."): np.zeros(shape, "f4") for name, shape in shapes.items()
        }

    def weights(self) -> dict[str, Any]:
        return {name: array.copy() for name, array in self.arrays.items()}

    def load(self, state: dict[str, Any]) -> None:
        self.arrays = {name.removeprefix("weights."): array for name, array in state.items()}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A file of somebody else's."""
    path = tmp_path / "theirs.safetensors"
    ones = {name: np.ones(shape, "f4") for name, shape in (("a.0.w", (2, 3)), ("a.10.w", (4,)))}
    save_file({**ones, "b.w": np.full(2, 7, "f4")}, path)
    return path


def test_a_part_of_a_file_goes_into_a_part_of_the_model(theirs: Path) -> None:
    net = Stub(x_0_w=(2, 3), y_w=(4,), z_w=(2,))
    begin_from((Pretrained(theirs, "a.0", "x.0"), Pretrained(theirs, "a.10", "y")), net)
    assert {name: array.mean() for name, array in net.arrays.items()} == {
        "x.0.w": 1,
        "y.w": 1,
        "z.w": 0,
    }


def test_a_later_start_wins_and_what_is_left_out_starts_from_the_seed(theirs: Path) -> None:
    net = Stub(a_0_w=(2, 3), a_10_w=(4,), b_w=(2,))
    begin_from(
        (Pretrained(theirs), Pretrained(theirs, "b", "b"), Pretrained(theirs, exclude=("a.1*",))),
        net,
    )
    assert [array.mean() for array in net.arrays.values()] == [1, 1, 7]
    net = Stub(a_0_w=(2, 3), a_10_w=(5,), b_w=(3,))
    begin_from((Pretrained(theirs, exclude=("a.10", "b")),), net)
    assert [array.mean() for array in net.arrays.values()] == [1, 0, 0]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            {"source_prefix": "c", "target_prefix": "b"},
            r"has no 'c\.w' for the model's 'b\.w'; take another part, or",
        ),
        (
            {"source_prefix": "a.0", "target_prefix": "b"},
            r"'a\.0\.w' has the shape \(2, 3\) in .*'b\.w' has \(2,\)",
        ),
        ({"target_prefix": "d"}, r"no weights at target_prefix='d'; give a path such as 'b\.w'"),
        ({"exclude": ("b",)}, "no weights at target_prefix=''"),
    ],
)
def test_what_does_not_fit_is_named(theirs: Path, start: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        begin_from((Pretrained(theirs, **start),), Stub(b_w=(2,)))


def test_other_contents_are_noticed(theirs: Path) -> None:
    start = Pretrained(theirs)
    save_file({"b.w": np.zeros(2, "f4")}, theirs)
    with pytest.raises(RunError, match="holds other weights than those this run starts from"):
        begin_from((start,), Stub(b_w=(2,)))


def test_contents_identify_and_places_do_not(theirs: Path) -> None:
    other = theirs.rename(theirs.with_name("moved.safetensors"))
    moved, named = (
        Pretrained(other),
        Pretrained("gone.safetensors", sha256=Pretrained(other).sha256),
    )
    assert moved == named
    assert experiment(init_from=(moved,)).key("f") == experiment(init_from=(named,)).key("f")
    assert from_dict(to_dict(moved)) == moved
    assert Pretrained(other, source_prefix="a") != moved
    save_file({"b.w": np.zeros(2, "f4")}, other)
    assert Pretrained(other) != moved


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("none", UsageError, "none is neither a run folder nor a file of weights; name one"),
        (
            "net.pt",
            UsageError,
            r"make .*net\.safetensors of it with thumblab convert, and start from that",
        ),
        (
            "net.txt",
            UsageError,
            r"ends neither in \.safetensors nor in \.pt; start from safetensors",
        ),
        ("folder", RunError, r"weights\.safetensors is missing"),
    ],
)
def test_what_is_no_file_of_weights_is_refused(
    tmp_path: Path, name: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "folder").mkdir()
    for file in ("net.pt", "net.txt"):
        (tmp_path / file).write_text("x")
    with pytest.raises(error, match=message):
        Pretrained(tmp_path / name)


def test_the_grammar_says_it(theirs: Path) -> None:
    first = f"pretrained:path={theirs},source_prefix=a.0,target_prefix=1.layer,exclude=13"
    text = f"{first}+pretrained:path={theirs},source_prefix=a.10,target_prefix=2"
    assert fit(text, tuple[InitFrom, ...]) == (
        Pretrained(theirs, "a.0", "1.layer", ("13",)),
        Pretrained(theirs, "a.10", "2"),
    )


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_starts_from_the_weights_of_another(
    finished: Run, tmp_path: Path, engine: str
) -> None:
    """Frozen, they are still the same at the end."""
    given, _ = finished.trained()
    start = Pretrained(finished.folder, target_prefix="0.layer")
    assert finished.result is not None
    assert start.sha256 == finished.result["weights_sha256"] == digest(given)
    wanted = experiment(model=TRUNK, init_from=(start,), epochs=1, engine=engine, augment=())
    found, _ = trained(tmp_path, wanted).trained()
    for name, array in found.items():
        if name.startswith("0.layer."):
            np.testing.assert_array_equal(array, given[name.removeprefix("0.layer.")])


def test_a_whole_model_goes_on_where_another_ended(finished: Run, tmp_path: Path) -> None:
    wanted = experiment(init_from=(Pretrained(finished.folder),), optimizer=STILL, epochs=1)
    run = trained(tmp_path, wanted)
    given, found = finished.trained()[0], run.trained()[0]
    for name in ("0.weight", "6.bias", "1.weight"):
        np.testing.assert_array_equal(found[name], given[name])


@pytest.mark.parametrize("part", [{}, {"target_prefix": "0.layer"}], ids=str)
def test_weights_that_have_seen_other_values_are_told(
    finished: Run, tmp_path: Path, part: dict[str, str]
) -> None:
    """With what is told they see the same values again."""
    start = Pretrained(finished.folder, **part)
    wanted = experiment(
        model=TRUNK if part else MODEL, init_from=(start,), epochs=1, optimizer=STILL
    )
    with pytest.warns(
        UserWarning, match=r"normalized otherwise: its zero is up to 0\.\d+ deviations"
    ):
        trained(tmp_path / "a", replace(wanted, normalize=Rescale()))
    with pytest.warns(UserWarning, match="normalized otherwise") as told:
        trained(tmp_path / "b", replace(wanted, normalize=MeanStd((0.5,), (0.1,))))
    spelled = re.search(r"normalize by (MeanStd\(.*\)) to show", str(told[0].message))
    assert spelled is not None
    normalize = eval(spelled[1])
    trained(tmp_path / "c", replace(wanted, normalize=normalize))


@pytest.mark.parametrize(
    "told", [{"shift": ["a"]}, {"scale": [1.0, 2.0]}, {"scale": None}], ids=str
)
def test_weights_with_odd_words_about_what_they_have_seen_are_refused(
    finished: Run, tmp_path: Path, told: dict[str, object]
) -> None:
    arrays, about = load_arrays(finished.folder / "weights.safetensors")
    save_arrays(tmp_path / "odd.safetensors", arrays, about | told, name="weights")
    wanted = experiment(init_from=(Pretrained(tmp_path / "odd.safetensors"),), epochs=1)
    with pytest.raises(RunError, match=r"odd\.safetensors is damaged \(its s"):
        trained(tmp_path / "a", wanted)


def test_layers_are_fitted_to_what_the_given_weights_compute(finished: Run, tmp_path: Path) -> None:
    front = Sequential(*MODEL.layers[:4], Flatten())
    model = Sequential(Frozen(front), StandardScaler(), Dense(47))
    start = Pretrained(finished.folder, target_prefix="0.layer")
    wanted = experiment(model=model, init_from=(start,), optimizer=STILL, epochs=1, augment=())
    given = trained(tmp_path, wanted).trained()[0]
    with pytest.warns(UserWarning, match="random weights"):
        drawn = trained(tmp_path, replace(wanted, init_from=())).trained()[0]
    assert not np.allclose(given["1.mean"], drawn["1.mean"], atol=1e-2)


def test_resuming_needs_the_file_no_more(finished: Run, tmp_path: Path) -> None:
    copy = tmp_path / "given.safetensors"
    copy.write_bytes((finished.folder / "weights.safetensors").read_bytes())
    wanted = experiment(init_from=(Pretrained(copy, exclude=("6",)),))
    walk = train(wanted, dataset=dataset(), runs=tmp_path / "runs", workers=WORKERS)
    next(iter(walk))
    walk.close()  # type: ignore[attr-defined]
    copy.unlink()
    resumed = trained(tmp_path / "runs", wanted, resume=True)
    assert resumed.status == "done"


def test_frozen_layers_that_nobody_has_trained_are_told() -> None:
    frozen = Frozen(Sequential(Dense(4), Dense(3)))
    model = Sequential(Flatten(), frozen, Frozen(BatchNorm()), Dense(2))
    said = (
        r"3 of 4 random weights of the frozen 1\.layer .*source_prefix=PART,target_prefix=1\.layer"
    )
    with pytest.warns(UserWarning, match=said):
        warn_if_drawn(model, (1, 2, 2), {"3.weight", "1.layer.0.weight"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_drawn(model, (1, 2, 2), weights(model, (1, 2, 2)))


def test_a_start_without_a_rule_is_told() -> None:
    with pytest.raises(UsageError, match=r"InitFrom gives no weights; register a rule with @begin"):
        begin(InitFrom(), {})
