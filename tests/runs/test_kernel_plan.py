import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import dataset, experiment, fingerprints, trained
from tests.training.test_loop import stop_after
from thumblab.core.errors import RunError, UsageError, WriteError
from thumblab.evaluation.predict import load_network
from thumblab.experiment import Experiment
from thumblab.kernels.conv_shape import ConvShape
from thumblab.kernels.plan import STANDARD, Choice, Plan
from thumblab.layers import Conv, Dense, Flatten, MaxPool, ReLU, Sequential
from thumblab.runs import Run
from thumblab.runs.kernel_plan import read_plan, write_plan
from thumblab.storage import sealed
from thumblab.training import train

CASE = ConvShape(1, 4, 28, 28, 3, 1, ((1, 1), (1, 1)))
PLAN = Plan((Choice(CASE, "winograd4"),))
OTHER = Plan((Choice(CASE, "winograd2"),))
TOLD = {"read": 1, "written": 4, "height": 28, "width": 28, "kernel": 3, "stride": 1}
SAID = TOLD | {"pad": [[1, 1], [1, 1]]}


def planned(**changes: Any) -> Experiment:
    model = Sequential(Conv(4), ReLU(), MaxPool(4), Flatten(), Dense(47))
    return experiment(model=model, epochs=2, **changes)


# ----- The file -----


def test_a_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    for plan in (STANDARD, PLAN, Plan((*PLAN.choices, Choice(ConvShape(*TWO), "pointwise")))):
        write_plan(tmp_path / "plan.json", plan, {"models": ["a"]})
        assert read_plan(tmp_path / "plan.json") == plan
    told = json.loads((tmp_path / "plan.json").read_text())
    assert told["measured"] == {"models": ["a"]}
    assert told["plan"]["choices"][0] == {"shape": SAID, "algorithm": "winograd4"}


TWO = (3, 4, 5, 6, 1, 2, ((0, 0), (0, 0)))


def test_a_plan_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_plan(tmp_path / "plan.json", PLAN, {})
    monkeypatch.setenv("THUMBLAB_FAULT", "plan.half:full")
    with pytest.raises(WriteError):
        write_plan(tmp_path / "plan.json", OTHER, {})
    assert read_plan(tmp_path / "plan.json") == PLAN


def wrong(*choices: object, **more: object) -> str:
    return json.dumps({"schema": 1, "plan": {"choices": choices}} | more)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["Invalid JSON: EOF"]),
        ("\xff", ["Invalid JSON"]),
        pytest.param("[" * 100_000, ["Invalid JSON: recursion"], id="deep"),
        ("[]", ["should be an object, not []"]),
        ("{}", ["schema: is missing", "plan: is missing"]),
        (wrong(schema=2, plans=1), ["schema: should be less than or equal to 1", "plans: is unkn"]),
        (wrong(3), ["plan.choices.0: should be an object, not 3"]),
        (wrong({"shape": SAID}), ["plan.choices.0.algorithm: is missing"]),
        (
            wrong(
                {"shape": SAID | {"read": 0}, "algorithm": "winograd4"},
                {"shape": SAID | {"read": "8", "sde": 1}, "algorithm": "winograd5"},
                {"shape": SAID | {"stride": 2}, "algorithm": "winograd4"},
                {"shape": SAID | {"width": True}, "algorithm": "lowering", "to": 1},
            ),
            [
                "plan.choices.0: 0 -> 4 at 28x28 by 3x3 is no convolution",
                "plan.choices.1.shape.read: should be a valid integer, not '8'",
                "plan.choices.1.shape.sde: is unknown",
                "plan.choices.1.algorithm: should be 'winograd4', 'winograd3'",
                "plan.choices.2: winograd4 cannot do 1 -> 4 at 28x28 by 3x3, stride 2; choose",
                "plan.choices.3.shape.width: should be a valid integer, not True",
                "plan.choices.3.to: is unknown",
            ],
        ),
        (
            wrong(
                {"shape": SAID, "algorithm": "winograd4"}, {"shape": SAID, "algorithm": "lowering"}
            ),
            ["plan: 1 -> 4 at 28x28 by 3x3: chosen more than once; leave one"],
        ),
    ],
)
def test_everything_that_is_wrong_with_a_file_is_said(
    tmp_path: Path, text: str, said: list[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"mend it, or measure again with thumblab tune$") as error:
        read_plan(path)
    lines = str(error.value).splitlines()
    assert len(lines) == len(said)
    for line, start in zip(lines, said, strict=True):
        assert line.startswith(f"{path}: {start}")


def test_a_file_that_is_missing_or_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none cannot be read .*; name a plan that thumblab tune"):
        read_plan(tmp_path / "none")
    (tmp_path / "long").write_bytes(b" " * 1_000_001)
    with pytest.raises(UsageError, match="long has more than 1,000,000 bytes"):
        read_plan(tmp_path / "long")


# ----- The run -----


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that was trained with ``PLAN``, without a stop."""
    return trained(tmp_path_factory.mktemp("planned"), planned(), plan=PLAN)


def stored(run: Run) -> Any:
    return json.loads((run.folder / "environment.json").read_text())["plan"]


def test_a_run_is_trained_with_its_plan_and_keeps_it(whole: Run, tmp_path: Path) -> None:
    assert stored(whole) == {"choices": [{"shape": SAID, "algorithm": "winograd4"}]}
    plain = trained(tmp_path, planned())
    assert stored(plain) == {"choices": []}
    assert fingerprints(plain) != fingerprints(whole)


def test_a_run_predicts_with_its_plan(whole: Run) -> None:
    images = dataset().test.images  # type: ignore[union-attr]
    logits = load_network(whole)[0].predict(images)
    np.testing.assert_array_equal(logits, whole.predictions["test_logits"])


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("given", [None, PLAN])
def test_a_resumed_run_goes_on_with_its_plan_bit_for_bit(
    whole: Run, tmp_path: Path, count: int, given: Plan | None
) -> None:
    stop_after(count, tmp_path, planned(), plan=PLAN)
    resumed = trained(tmp_path, planned(), resume=True, plan=given)
    assert stored(resumed) == stored(whole)
    assert fingerprints(resumed) == fingerprints(whole)


def test_a_run_that_was_killed_before_its_first_checkpoint_keeps_its_plan(
    whole: Run, tmp_path: Path
) -> None:
    run = stop_after(1, tmp_path, planned(), plan=PLAN).run
    for checkpoint in (run.folder / "checkpoints").iterdir():
        checkpoint.unlink()
    assert fingerprints(trained(tmp_path, planned(), resume=True)) == fingerprints(whole)


@pytest.mark.parametrize("begun", [None, PLAN])
def test_another_plan_is_refused_once_there_is_a_state(tmp_path: Path, begun: Plan | None) -> None:
    run = stop_after(1, tmp_path, planned(), plan=begun).run
    with pytest.raises(UsageError, match=r"begun with another kernel plan, .* without a plan, or"):
        trained(tmp_path, planned(), resume=True, plan=OTHER)
    for checkpoint in (run.folder / "checkpoints").iterdir():
        checkpoint.unlink()
    assert stored(stop_after(1, tmp_path, planned(), plan=OTHER).run)["choices"][0][
        "algorithm"
    ] == ("winograd2")


def test_a_run_older_than_plans_goes_on_by_the_table(tmp_path: Path) -> None:
    run = stop_after(1, tmp_path, planned()).run
    path = run.folder / "environment.json"
    about = sealed.read(path)
    del about["plan"]
    sealed.write(path, about)
    assert stored(trained(tmp_path, planned(), resume=True)) == {"choices": []}


@pytest.mark.parametrize("damage", [{"choices": 3}, None, [1]])
def test_a_damaged_plan_in_a_run_is_said(tmp_path: Path, damage: object) -> None:
    run = stop_after(1, tmp_path, planned()).run
    path = run.folder / "environment.json"
    sealed.write(path, sealed.read(path) | {"plan": damage})
    with pytest.raises(
        RunError, match=r"environment\.json is damaged \((its )?plan.*restore it or"
    ):
        trained(tmp_path, planned(), resume=True)


@pytest.mark.parametrize("engine", ["reference", "torch"])
def test_other_engines_have_no_kernels_to_choose(tmp_path: Path, engine: str) -> None:
    wanted = planned(engine=engine)
    with pytest.raises(UsageError, match=f"but the engine is '{engine}'; leave the plan out"):
        next(train(wanted, dataset=dataset(), runs=tmp_path, plan=PLAN))
