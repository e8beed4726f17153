"""Each rule alone, on runs that say no more than it asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.core.errors import DataError, UsageError
from thumblab.evaluation import compatible
from thumblab.runs import Run


def run(
    name: str, status: str = "done", data: str = "f", shape: Any = (1, 28, 28), **how: Any
) -> Run:
    named = {"validation": 0.1, "split_seed": 0, "train_on": "train"} | how
    return cast(
        Run,
        SimpleNamespace(
            folder=Path(name),
            status=status,
            about={"fingerprint": data, "key": name},
            experiment=SimpleNamespace(**named),
            trained=lambda: ({}, {"shape": list(shape)}),
        ),
    )


def test_runs_that_go_together_pass_every_check() -> None:
    runs = [run("a"), run("b")]
    compatible.check_done(runs)
    compatible.check_each_once(runs)
    compatible.check_same_data(runs)
    compatible.check_same_validation(runs)


@pytest.mark.parametrize("status", ["unfinished", "diverged"])
def test_a_run_has_to_be_done(status: str) -> None:
    with pytest.raises(UsageError, match=f"^b is {status}; give runs that are done$"):
        compatible.check_done([run("a"), run("b", status)])


def test_a_run_counts_once_under_whatever_path() -> None:
    again = run("a")
    again.__dict__["folder"] = Path("link")
    with pytest.raises(UsageError, match=r"^a run is given twice; give each once$"):
        compatible.check_each_once([run("a"), run("b"), again])


@pytest.mark.parametrize("check", [compatible.check_same_data, compatible.check_same_validation])
def test_other_data_are_refused(check: Any) -> None:
    with pytest.raises(
        UsageError, match=r"^c was trained on other data or classes than a; give runs of"
    ):
        check([run("a"), run("b"), run("c", data="g")])


@pytest.mark.parametrize("how", [{"validation": 0.2}, {"split_seed": 1}])
def test_other_validation_images_are_refused_where_they_count(how: dict[str, Any]) -> None:
    runs = [run("a"), run("b", **how)]
    compatible.check_same_data(runs)
    with pytest.raises(
        UsageError, match=r"^b and a have other validation images; give runs of the same"
    ):
        compatible.check_same_validation(runs)


def test_validation_images_that_were_trained_on_say_nothing() -> None:
    runs = [run("a", train_on="all")]
    with pytest.raises(UsageError, match=r"say nothing of it; give a run that keeps them apart$"):
        compatible.check_same_validation(runs)
    with pytest.raises(
        UsageError, match=r"nothing of it; compare them on the test images$"
    ) as error:
        compatible.check_same_validation(runs, or_final=True)
    assert error.value.remedies == ("final",)


def test_data_are_the_runs_own_to_the_last_sample_label_and_class() -> None:
    data = dataset()
    compatible.check_trained_on(run("a", data=data.fingerprint), data)
    with pytest.raises(
        DataError, match=r"^a was trained on other data than the few found, or they have"
    ):
        compatible.check_trained_on(run("a"), data)


def test_test_images_have_to_be_there_and_of_the_networks_shape() -> None:
    data = dataset()
    found = compatible.readable_test_part(run("a"), data)
    assert found is data.test
    assert data.test is not None
    for test in (None, data.test.take(np.arange(0))):
        with pytest.raises(
            DataError, match=r"^few has no test images; choose other data$"
        ) as error:
            compatible.readable_test_part(run("a"), replace(data, test=test))
        assert error.value.remedies == ("data",)
    with pytest.raises(
        DataError, match=r"^a reads \(3, 32, 32\) but few has \(1, 28, 28\); give data"
    ):
        compatible.readable_test_part(run("a", shape=(3, 32, 32)), data)
