import errno
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thumblab.core.errors import RunError
from thumblab.storage.checkpoint import digest, load_arrays, save_arrays

ARRAYS = {
    "0.weight": np.arange(24, dtype="f4").reshape(4, 3, 2),
    "0.bias": np.linspace(0, 1, 4),
    "count": np.array(7, np.int64),
    "none": np.zeros((0, 3), "f4"),
}
ABOUT = {"step": 12, "loss_sum": 0.1 + 0.2, "classes": ["a", "é"], "none": None}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_arrays(tmp_path / "state.safetensors", ARRAYS, ABOUT, name="checkpoint")
    return tmp_path / "state.safetensors"


def test_arrays_and_what_is_said_of_them_come_back(path: Path) -> None:
    arrays, about = load_arrays(path)
    assert about == ABOUT
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_the_same_state_is_the_same_file(path: Path, tmp_path: Path) -> None:
    backwards = dict(reversed(ARRAYS.items()))
    save_arrays(tmp_path / "again", backwards, ABOUT, name="checkpoint")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_strided_arrays_are_saved_as_they_look(tmp_path: Path) -> None:
    turned = {"x": np.arange(12.0).reshape(3, 4).T[::2]}
    save_arrays(tmp_path / "x", turned, {}, name="checkpoint")
    np.testing.assert_array_equal(load_arrays(tmp_path / "x")[0]["x"], turned["x"])


def test_every_flipped_bit_is_noticed(path: Path) -> None:
    """Header, names, what is said of the arrays, and the arrays: 200 random bits and all of the header."""
    whole = path.read_bytes()
    header = 8 + struct.unpack("<Q", whole[:8])[0]
    drawn = np.random.default_rng(0).integers(0, 8 * len(whole), 200)
    for bit in {*drawn.tolist(), *range(0, 8 * header, 3)}:
        spoilt = bytearray(whole)
        spoilt[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoilt)
        with pytest.raises(RunError, match="is damaged"):
            load_arrays(path)


def test_every_truncation_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(RunError, match="is damaged"):
            load_arrays(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused(tmp_path: Path, content: bytes, framed: bool) -> None:
    path = tmp_path / "any"
    path.write_bytes(struct.pack("<Q", len(content)) + content if framed else content)
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(path)


@pytest.mark.parametrize(
    "header",
    [
        b"{}",
        b'{"__metadata__":{}}',
        b'{"x":{"dtype":"F32","shape":[1000000000,1000000000],"data_offsets":[0,0]}}',
        b'{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}',
        b'{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}',
        b'{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        b'{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
        b"[" * 100,
    ],
)
def test_hostile_headers_are_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0\0")
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(path)


def test_a_huge_header_allocates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    path.write_bytes(struct.pack("<Q", 2**40) + b"{}")
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(path)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "harm").encode() + b"'\ntR.")
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(path)
    assert not (tmp_path / "harm").exists()


def test_a_missing_or_unreadable_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"gone is missing; resume the training to write it again"):
        load_arrays(tmp_path / "gone")
    with pytest.raises(RunError, match="is damaged"):
        load_arrays(tmp_path)


def test_the_digest_is_of_names_types_shapes_and_bytes() -> None:
    x = np.arange(6.0)
    others = [
        {"y": x},
        {"x": x.astype("f4")},
        {"x": x.reshape(2, 3)},
        {"x": x + 1e-9},
        {"x": x, "y": x},
    ]
    assert digest({"x": x}) not in {digest(other) for other in others}
    assert digest({"x": x, "y": x + 1}) == digest({"y": x + 1, "x": x})
    assert digest({"x": x[::2]}) == digest({"x": x[::2].copy()})


def test_a_file_that_does_not_fit_into_memory_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.safetensors"
    save_arrays(path, {"x": np.zeros(3)}, {}, name="weights")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("thumblab.storage.checkpoint.safe_open", full)
    with pytest.raises(MemoryError, match="does not fit into memory"):
        load_arrays(path)
