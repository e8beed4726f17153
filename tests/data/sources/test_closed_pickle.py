import os
import pickle
import random
import struct
import tracemalloc

import numpy as np
import pytest

from thumblab.core.errors import DataError
from thumblab.data.sources.closed_pickle import plain_data

PLAIN = {
    b"data": np.arange(24, dtype=np.uint8).reshape(2, 12),
    "turned": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "labels": [1, 2],
    "names": ("a", b"b"),
    "count": 3,
}


@pytest.mark.parametrize("protocol", range(6))
def test_plain_data_are_read_whatever_wrote_them(protocol) -> None:
    found = plain_data(pickle.dumps(PLAIN, protocol=protocol), "x")
    np.testing.assert_array_equal(found["data"], PLAIN[b"data"])
    np.testing.assert_array_equal(found["turned"], PLAIN["turned"])
    assert (found["labels"], found["names"], found["count"]) == ([1, 2], ("a", b"b"), 3)


class Gadget:
    """Runs something when it is read."""

    def __init__(self, call, *arguments) -> None:
        self.made = call, arguments

    def __reduce__(self):
        return self.made


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "gadget",
    [
        Gadget(os.system, "touch {}"),
        Gadget(eval, "open('{}', 'w')"),
        Gadget(exec, "open('{}', 'w')"),
        Gadget(getattr, os, "system"),
        Gadget(np.load, "{}"),
        Gadget(np.dtype, "O"),
        Gadget(np.ndarray, (3,)),
        Gadget(dict, [("a", 1)]),
        Gadget(bytearray, 5),
        Gadget(pickle.loads, b"."),
    ],
    ids=lambda gadget: gadget.made[0].__name__,
)
def test_a_gadget_is_refused_and_runs_nothing(gadget, protocol, tmp_path) -> None:
    made = (
        gadget.made[0],
        tuple(
            each.format(tmp_path / "pwned") if isinstance(each, str) else each
            for each in gadget.made[1]
        ),
    )
    try:
        data = pickle.dumps({"data": Gadget(made[0], *made[1])}, protocol=protocol)
    except TypeError:
        pytest.skip("a module cannot be pickled")
    with pytest.raises(DataError, match=r"^x "):
        plain_data(data, "x")
    assert list(tmp_path.iterdir()) == []


ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80\x02" + ARRAY + b"}X\x01\x00\x00\x00aK\x01sb.", "changes a function"),
        (b"\x80\x02Pxyz\n.", "refers to something outside|is damaged"),
        (b"\x80\x02]r\xff\xff\xff\x7f.", "names a place beyond all measure"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 1 << 40) + b"a.", "is damaged"),
        (b"\x80\x02" + b"(" * 100_000 + b".", "is damaged"),
        (b"\x80\x02\x82\x01.", "is damaged"),
        (b"", "is damaged"),
        (b"hello", "is damaged"),
        (pickle.dumps([1]), "holds a list, not a dict"),
        (pickle.dumps({1: 2}), "has an entry named 1"),
        (pickle.dumps({"a": [[1]]}), "holds a list in an entry"),
        (pickle.dumps({"a": 1j}), "names builtins.complex"),
        (pickle.dumps({"a": np.array([None])}, 2), "has an array of 'O8', not of numbers"),
        (pickle.dumps({"a": np.arange(3, dtype=">i4")}, 2), ".*bytes in another order"),
    ],
)
def test_other_pickles_are_refused(data, message) -> None:
    with pytest.raises(DataError, match=f"^x ({message})"):
        plain_data(data, "x")


def test_an_array_that_lies_about_its_size_is_refused() -> None:
    data = pickle.dumps({"a": np.zeros((2, 3), np.uint8)}, 2)
    with pytest.raises(DataError, match="has 6 bytes for an array of"):
        plain_data(data.replace(b"K\x02K\x03", b"K\x02K\x04"), "x")


def test_damaged_pickles_are_refused_or_read_and_take_no_memory() -> None:
    whole, draw = pickle.dumps(PLAIN, 2), random.Random(0)
    tracemalloc.start()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        try:
            plain_data(bytes(data), "x")
        except DataError as error:
            assert str(error).startswith("x ")  # noqa: PT017 - either outcome is right
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
