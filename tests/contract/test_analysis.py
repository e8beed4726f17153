"""What every public function of the analysis obeys: it agrees with something that is not ours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.analysis.comparison import Comparison
from tests.analysis.test_properties import METRICS
from thumblab import analysis
from thumblab.analysis import mappings

TESTS = Path(__file__).parents[1]
WITHOUT_COMPARISON = {
    "confusion_order": "an order, not a number: tests/analysis/test_order.py lists its properties",
    "t_sne": "a picture, not a number: tests/analysis/test_projection.py lists its properties",
    "label_map": "names, not numbers: tests/analysis/test_label_map.py holds it to EMNIST's",
    "bootstrap_interval": "drawn at random: tests/analysis/test_bootstrap.py holds its spread",
    "macro_f1_interval": "drawn at random: tests/analysis/test_bootstrap.py holds its coverage",
    "fitted": "an open function; every mapping that registers it is compared",
}
RAISING = {"thumblab.analysis.check"}
"""Modules whose functions only raise; the texts are tested in tests/analysis/test_check.py."""


def modules() -> list[Any]:
    found = pkgutil.walk_packages(analysis.__path__, "thumblab.analysis.")
    return [importlib.import_module(each.name) for each in found]


def public_functions() -> dict[str, Any]:
    return {
        name: value
        for module in modules()
        if module.__name__ not in RAISING
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }


def mapping_names() -> set[str]:
    return {name for name, kind in vars(mappings).items() if inspect.isclass(kind)} - {"Mapping"}


def comparisons() -> list[Comparison]:
    found: list[Comparison] = []
    for path in sorted((TESTS / "analysis").rglob("test_*.py")):
        name = ".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts))
        found += getattr(importlib.import_module(name), "COMPARISONS", [])
    return found


COMPARISONS = comparisons()


def test_every_public_function_and_mapping_has_a_comparison() -> None:
    wanted = (set(public_functions()) | mapping_names()) - set(WITHOUT_COMPARISON)
    assert {each.name for each in COMPARISONS} == wanted


def test_every_metric_lists_its_properties() -> None:
    reads = {name: list(inspect.signature(f).parameters) for name, f in public_functions().items()}
    metrics = {
        name
        for name, parameters in reads.items()
        if parameters[:1] in (["guesses"], ["logits"]) and parameters[1:2] in ([], ["labels"])
    }
    assert metrics <= set(METRICS)
    assert set(METRICS) <= set(reads)


def test_exceptions_are_not_kept_longer_than_needed() -> None:
    assert set(WITHOUT_COMPARISON) <= set(public_functions())


def test_every_public_function_can_be_had_from_its_package() -> None:
    inner = {"membership"}  # of the mappings' own
    for name, function in public_functions().items():
        package = mappings if ".mappings." in function.__module__ else analysis
        assert name in inner or getattr(package, name) is function


@pytest.mark.parametrize("each", COMPARISONS, ids=lambda each: each.name)
def test_it_agrees(each: Comparison) -> None:
    assert each.cases
    for case in each.cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the other library's, of degenerate inputs
            expected = each.reference(*_copies(case))
        found = each.ours(*_copies(case))
        np.testing.assert_allclose(
            np.asarray(found, np.float64),
            np.asarray(expected, np.float64),
            rtol=each.rtol,
            atol=each.atol,
            err_msg=f"{each.name} of {case}",
        )


def _copies(case: tuple[Any, ...]) -> list[Any]:
    return [value.copy() if isinstance(value, np.ndarray) else value for value in case]


@pytest.mark.parametrize("each", COMPARISONS, ids=lambda each: each.name)
def test_it_leaves_its_arguments_alone(each: Comparison) -> None:
    case = _copies(each.cases[0])
    before = _copies(tuple(case))
    each.ours(*case)
    for was, is_now in zip(before, case, strict=True):
        np.testing.assert_array_equal(was, is_now)
