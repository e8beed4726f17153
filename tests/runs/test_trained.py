"""Weights in a run folder that are not those of its network are one clear error, never an answer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thumblab.core.errors import RunError
from thumblab.evaluation.predict import load_network
from thumblab.runs import Run
from thumblab.storage import checkpoint


def rewrite(run: Run, arrays: dict[str, Any], about: dict[str, Any]) -> None:
    """Replaces the weights by others with a right seal."""
    path = run.folder / "weights.safetensors"
    old, said = checkpoint.load_arrays(path)
    whole = {name: each for name, each in (old | arrays).items() if each is not None}
    checkpoint.save_arrays(path, whole, said | about, name="weights")


NAN = np.full(47, np.nan, np.float32)


@pytest.mark.parametrize(
    ("arrays", "about", "reason"),
    [
        ({"6.bias": NAN}, {}, "'6.bias' holds NaN or infinity"),
        ({"6.bias": np.zeros(47)}, {}, "'6.bias' is float64"),
        ({"6.bias": np.zeros(47, np.float16)}, {}, "'6.bias' is float16"),
        ({"6.bias": np.zeros(46, np.float32)}, {}, r"'6.bias' is float32 of shape \(46,\)"),
        ({"6.bias": None}, {}, "'6.bias' is missing, or not one of the model's"),
        ({"7.bias": NAN}, {}, "'7.bias' is missing, or not one of the model's"),
        ({}, {"shape": "1x28x28"}, "its shape"),
        ({}, {"shape": [1, 28, -28]}, "its shape"),
        ({}, {"shape": [1, 2]}, "its shape is not one that the model reads"),
        ({}, {"classes": 47}, "its classes"),
        ({}, {"classes": []}, "it names no classes"),
        ({}, {"classes": list("abc") * 16}, "it names 48 classes of 47 outputs"),
        ({}, {"shift": [None]}, "its shift"),
        ({}, {"scale": [float("inf")]}, "its scale"),
        ({}, {"scale": [[[0.0]]]}, "its scale"),
        ({}, {"scale": [1.0, 1.0, 1.0]}, "its scale"),
        ({}, {"model": {"type": "Dense", "units": 3}}, "it is another model's"),
        ({}, {"model": {"type": "antigravity:x"}}, "it is another model's"),
        ({}, {"model": None}, "it is another model's"),
    ],
)
def test_weights_that_are_not_the_runs_are_refused(
    run: Run, arrays: dict[str, Any], about: dict[str, Any], reason: str
) -> None:
    rewrite(run, arrays, about)
    with pytest.raises(RunError, match=reason):
        load_network(run)


@pytest.mark.parametrize("count", [1, 46])
def test_fewer_class_names_than_labels_are_told(run: Run, count: int) -> None:
    rewrite(run, {}, {"classes": list(map(str, range(count)))})
    with pytest.raises(RunError, match=rf"it names {count} classes, and labels go to 46"):
        _ = run.predictions


def test_a_header_out_of_proportion_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    size = 20 << 20
    path.write_bytes(size.to_bytes(8, "little") + b"{" + b" " * (size - 2) + b"}")
    with pytest.raises(RunError, match="a header of 20,971,520 bytes"):
        checkpoint.load_arrays(path)
