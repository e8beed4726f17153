import pickle
import zipfile

import numpy as np
import pytest

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Npz, read

RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 256, (6, 5, 4, 3)).astype(np.uint8), np.arange(6) % 3
XT, YT = X[::-1][:3], Y[::-1][:3]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("images", "labels", "images_test", "labels_test"),
        ("trainX", "trainY", "testX", "testY"),
    ],
)
def test_usual_names(names, save, tmp_path) -> None:
    save(tmp_path / "a.npz", **dict(zip(names, (X, Y, XT, YT), strict=True)))
    found = read(Npz(str(tmp_path / "a.npz")))
    np.testing.assert_array_equal(found.train.images, X)
    assert found.test is not None
    np.testing.assert_array_equal(found.test.labels, YT)
    assert (found.name, found.classes) == ("a", ("0", "1", "2"))


def test_parts_names_of_classes_and_columns_of_labels(tmp_path) -> None:
    """As MedMNIST lays them out."""
    parts = {f"{part}_images": X for part in ("train", "val", "test")}
    labels = {f"{part}_labels": Y[:, None] for part in ("train", "val", "test")}
    np.savez(tmp_path / "a.npz", **parts, **labels, class_names=np.array(["a", "b", "c"]))
    found = read(Npz(), tmp_path / "a.npz")
    assert found.validation is not None
    assert found.classes == ("a", "b", "c")


def test_types_and_ranges_as_arrays_have_them(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", x=X.transpose(0, 3, 1, 2).astype(np.uint16) * 16, y=Y)
    with pytest.warns(UserWarning, match="channels, height, width"):
        found = read(Npz(str(tmp_path / "a.npz"), span=(0, 4080)))
    np.testing.assert_array_equal(found.train.images, X)
    with pytest.raises(DataError, match="neither 0 to 1 nor 0 to 255"):
        read(Npz(str(tmp_path / "a.npz")))


class Gadget:
    def __reduce__(self):
        return print, ("ran",)


def test_objects_are_refused_and_nothing_runs(tmp_path, capsys) -> None:
    np.savez(tmp_path / "a.npz", x_train=np.array([Gadget()], object), y_train=Y)
    with pytest.raises(
        DataError, match=r"x_train\.npy in .* is an array of objects, which could run"
    ):
        read(Npz(str(tmp_path / "a.npz")))
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Gadget()))
    with pytest.raises(DataError, match=r"is no \.npz, or is damaged"):
        read(Npz(str(tmp_path / "b.npz")))
    assert capsys.readouterr().out == ""


def test_a_header_that_lies_is_refused(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        head = {"descr": "|u1", "fortran_order": False, "shape": (1 << 40, 9)}
        with archive.open("x.npy", "w") as file:
            np.lib.format.write_array_header_1_0(file, head)
            file.write(b"123")
    with pytest.raises(
        DataError, match=r"says it is uint8 \(1099511627776, 9\), but holds another"
    ):
        read(Npz(str(tmp_path / "a.npz")))


def test_what_is_missing_is_said(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", pixels=X, y_test=Y)
    with pytest.raises(DataError, match="holds pixels, y_test, none of which is named as training"):
        read(Npz(str(tmp_path / "a.npz")))
    with pytest.raises(DataError, match=r"b\.npz is not a file; give an \.npz"):
        read(Npz(str(tmp_path / "b.npz")))
    with pytest.raises(UsageError, match="give the values of black and white"):
        Npz(span=(1,))


def test_names_of_classes_that_are_bytes_are_text(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", x=X, y=Y, classes=np.array([b"ant", b"bee", b"cow"]))
    assert read(Npz(str(tmp_path / "a.npz"))).classes == ("ant", "bee", "cow")


def test_arrays_that_are_not_read_are_named(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", x_train=X, y_train=Y, klasses=np.array(["a", "b", "c"]), ids=Y)
    with pytest.warns(
        UserWarning, match=r"a\.npz also holds ids, klasses, which is not read; names"
    ):
        assert read(Npz(), tmp_path / "a.npz").classes == ("0", "1", "2")
