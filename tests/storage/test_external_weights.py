"""Read through ``thumblab convert`` as well: tests/cli/test_convert.py."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from safetensors.torch import save_file as torch_save

from tests.optional import torch
from thumblab.core.errors import DataError, UsageError
from thumblab.storage.external_weights import format_of, read_external


def test_the_ending_says_the_format() -> None:
    endings = ("a.safetensors", "a.pt", "b.PTH", "c.bin", "d.ckpt")
    found = [format_of(Path(name), "") for name in endings]
    assert found == ["safetensors", *["state_dict"] * 4]
    with pytest.raises(UsageError, match=r"ends neither in .* nor in \.pt; say so"):
        format_of(Path("a.h5"), "say so")


@pytest.mark.parametrize("name", ["net.safetensors", "net.pth"])
def test_prefixes_of_data_parallel_and_counts_of_batches_go(tmp_path: Path, name: str) -> None:
    given = {"module.0.weight": np.ones((2, 3), "f4"), "module.1.num_batches_tracked": np.ones(1)}
    if name.endswith("pth"):
        torch.save({key: torch.tensor(value) for key, value in given.items()}, tmp_path / name)
    else:
        save_file(given, tmp_path / name)
    found = read_external(tmp_path / name, trusted=True)
    assert list(found) == ["0.weight"]
    np.testing.assert_array_equal(found["0.weight"], 1)


def test_other_precisions_become_float32(tmp_path: Path) -> None:
    given = {"a": np.ones(2, "f2"), "b": np.ones(2, "i8"), "c": np.ones(2, "f8")}
    save_file(given, tmp_path / "net.safetensors")
    found = read_external(tmp_path / "net.safetensors")
    assert {name: array.dtype.str[1:] for name, array in found.items()} == {
        "a": "f4",
        "b": "f4",
        "c": "f8",
    }
    save_file({"a": np.ones(2, "c8")}, tmp_path / "net.safetensors")
    with pytest.raises(
        DataError, match="it holds numbers of kind C64; bring them to float32 first"
    ):
        read_external(tmp_path / "net.safetensors")


def test_halves_of_either_kind_keep_their_values(tmp_path: Path) -> None:
    values = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0)) * 1e3
    for kind in (torch.bfloat16, torch.float16):
        theirs = values.to(kind)
        torch_save({"a": theirs}, tmp_path / "net.safetensors")
        found = read_external(tmp_path / "net.safetensors")["a"]
        np.testing.assert_array_equal(found, theirs.float().numpy())


def test_every_kind_of_whole_number_is_read(tmp_path: Path) -> None:
    kinds = "?", *(f"{sign}{size}" for sign in "iu" for size in (1, 2, 4, 8))
    save_file({kind: np.array([[0, 1]], kind) for kind in kinds}, tmp_path / "net.safetensors")
    found = read_external(tmp_path / "net.safetensors")
    assert len(found) == len(kinds)
    assert all((array == [[0, 1]]).all() for array in found.values())


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.safetensors").write_text("no weights")
    (tmp_path / "net.pt").write_text("no weights")
    with pytest.raises(DataError, match="is no file; name the weights to take"):
        read_external(tmp_path / "none.pt")
    with pytest.raises(DataError, match="is no safetensors file that can be read"):
        read_external(tmp_path / "net.safetensors")
    with pytest.raises(UsageError, match="may hold code, which is not run"):
        read_external(tmp_path / "net.pt")
