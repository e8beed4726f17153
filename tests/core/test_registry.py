from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.kinds import kinds
from thumblab.core import registry
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.core.value import from_dict, is_ours, to_dict
from thumblab.data import Characters
from thumblab.engines.numpy import Network
from thumblab.experiment import Experiment
from thumblab.layers import Conv, Dense, Flatten, ReLU, Sequential
from thumblab.optim import SGD, OneCycle
from thumblab.zoo import lenet5

FRESH = """
import json, sys
from thumblab.core.value import from_dict, to_dict
data = json.load(sys.stdin)
assert to_dict(from_dict(data)) == data
print(sorted(name for name in sys.modules if name in ("torch", "sklearn")))
"""


@pytest.mark.parametrize(
    "value",
    [Sequential(Conv(4), ReLU()), SGD(OneCycle(0.1)), Experiment(Characters(), lenet5(47))],
    ids=type,
)
def test_values_are_read_in_an_interpreter_that_has_imported_nothing(value: object) -> None:
    data = json.loads(json.dumps(to_dict(value)))
    found = subprocess.run(
        [sys.executable, "-c", FRESH], input=json.dumps(data), capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == "[]"


def test_layers_that_are_the_engines_own_cannot_be_named() -> None:
    Network(Sequential(Conv(4), ReLU(), Flatten(), Dense(2)), (1, 8, 8), workers=1)
    private = {each.__name__ for each in kinds(Layer) if is_ours(each.__module__)} - set(
        registry.names()
    )
    assert {"Chain", "FusedConv", "FusedPool", "PooledConv", "StillFast", "StillPlain"} <= private
    for name in private:
        with pytest.raises(UsageError, match=f"unknown type '{name}'"):
            from_dict({"type": name})


def test_a_name_has_one_class() -> None:
    names = registry.names()
    assert len(set(names)) == len(names) > 100
    for name in names:
        found = registry.find(name)
        assert found is not None
        assert (found.__name__, is_ours(found.__module__)) == (name, True)
