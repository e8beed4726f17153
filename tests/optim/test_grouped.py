import numpy as np
import pytest

from tests.optim.moved import Moved, cut, gradients
from thumblab.core.errors import UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.optim import EMA, SGD, AdamW, Grouped, Muon, resolve

EXAMPLES = [
    Grouped(),
    Grouped(SGD(), multipliers={"*.bias": 64.0, "7": 0.0}),
    Grouped(AdamW(weight_decay=0.1), multipliers=(("1.*", 3.0), ("1.bias", 5.0))),
    Grouped(Muon(exclude=("7",)), multipliers=(("0", 3.0), ("7.weight", 0.5))),
]
NAMES = {"3.weight": ("3.weight", "norm.weight"), "3.bias": ("3.bias", "norm.bias")}


def test_rates_are_multiplied_for_the_first_pattern_that_matches() -> None:
    optimizer = Grouped(SGD(momentum=0.0), multipliers={"1.bias": 0.0, "1": 10.0})
    start = cut(Moved(SGD()).flat)
    ratio = {
        name: weight - start[name]
        for name, weight in cut(Moved(optimizer).run(gradients(1)).flat).items()
    }
    plain = {
        name: weight - start[name]
        for name, weight in cut(Moved(SGD(momentum=0.0)).run(gradients(1)).flat).items()
    }
    for name, factor in (("0.weight", 1), ("1.weight", 10), ("1.bias", 0), ("7.bias", 1)):
        np.testing.assert_allclose(ratio[name], factor * plain[name], rtol=1e-9)


def test_a_dict_becomes_pairs_that_serialize() -> None:
    optimizer = Grouped(SGD(), multipliers={"norm.bias": 64})  # type: ignore[arg-type]
    assert optimizer.multipliers == (("norm.bias", 64),)
    assert from_dict(to_dict(optimizer)) == optimizer


def test_types_become_paths_on_a_model() -> None:
    optimizer = EMA(Grouped(SGD(), multipliers=(("norm.bias", 64.0), ("3", 2.0))))
    assert resolve(optimizer, NAMES) == EMA(
        Grouped(SGD(), multipliers=(("3.bias", 64.0), ("3.weight", 2.0)))
    )


def test_a_pattern_that_names_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no trained weight is called 'conv'; .* norm\.weight"):
        resolve(Grouped(SGD(), multipliers=(("conv", 64.0),)), NAMES)


def test_wrong_factors_are_refused() -> None:
    for rates in (
        (("a", -1.0),),
        (("a", float("inf")),),
        ((1, 2.0),),
        ("norm.bias", 64),
        (("a",),),
    ):
        with pytest.raises(
            UsageError, match="multipliers must be pairs of a pattern and a factor that"
        ):
            Grouped(SGD(), multipliers=rates)  # type: ignore[arg-type]
