from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thumblab.core.errors import DataError, UsageError
from thumblab.engines.torch.state_dict import read, to_bytes

ARRAYS = {"0.weight": np.arange(6, dtype="f4").reshape(2, 3), "0.bias": np.zeros(0, "f8")}


def test_arrays_come_back(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(to_bytes(ARRAYS))
    found = read(tmp_path / "a.pt")
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_narrow_and_whole_numbers_become_float32(tmp_path: Path) -> None:
    narrow = {"h": torch.ones(2).half(), "b": torch.ones(2).bfloat16(), "i": torch.ones(2).int()}
    torch.save(narrow, tmp_path / "a.pt")
    assert {array.dtype for array in read(tmp_path / "a.pt").values()} == {np.dtype("f4")}


def test_an_old_pytorch_reads_nothing_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "__version__", "2.9.1+cpu")
    with pytest.raises(UsageError, match=r"2\.9\.1\+cpu cannot read .* upgrade it to 2\.10 or"):
        read(tmp_path / "a.pt")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 1 << 20), value=st.integers(0, 255), end=st.integers(1, 1 << 20))
def test_damaged_files_are_an_error_or_arrays(
    place: int, value: int, end: int, tmp_path: Path
) -> None:
    content = bytearray(to_bytes(ARRAYS))
    content[place % len(content)] = value
    (tmp_path / "a.pt").write_bytes(content[: max(end % (2 * len(content)), 1)])
    try:
        found = read(tmp_path / "a.pt")
    except DataError:
        return
    assert all(isinstance(array, np.ndarray) for array in found.values())


def test_the_name_that_compile_gives_is_taken_off(tmp_path: Path) -> None:
    torch.save({"_orig_mod.0.weight": torch.ones(2)}, tmp_path / "a.pt")
    assert list(read(tmp_path / "a.pt")) == ["0.weight"]


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(2, dtype=torch.complex64),
        torch.eye(2).to_sparse(),
        torch.ones(2, device="meta"),
    ],
    ids=["complex", "sparse", "meta"],
)
def test_tensors_that_are_no_plain_numbers_are_refused(tmp_path: Path, tensor: Any) -> None:
    torch.save({"0.weight": tensor}, tmp_path / "a.pt")
    with pytest.raises(DataError, match=r"'0\.weight' is .*; give dense real tensors"):
        read(tmp_path / "a.pt")
