import io

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data import Characters, Folder, read, read_to_test


def png(seed: int) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


def test_a_flat_folder_of_classes_is_a_test_part(shelve, tmp_path) -> None:
    """``evaluate RUN --data FOLDER`` used to answer that there were no test images."""
    folder = shelve(
        tmp_path / "new", {f"{name}/{i}.png": png(i) for i in range(3) for name in "ab"}
    )
    with pytest.warns(UserWarning, match="new has no parts, so all its 6 pictures are tested on"):
        found = read_to_test(Folder(str(folder)))
    assert found.test is not None
    assert len(found.test) == 6


def test_one_class_or_a_test_part_alone_is_enough(shelve, tmp_path) -> None:
    one = shelve(tmp_path / "one", {"cat/1.png": png(1)})
    with pytest.raises(DataError, match="give at least 2"):
        read(Folder(str(one)))
    with pytest.warns(UserWarning, match="all its 1 pictures are tested on"):
        assert read_to_test(Folder(str(one))).classes == ("cat",)
    alone = shelve(tmp_path / "alone", {"test/cat/1.png": png(1), "test/dog/1.png": png(2)})
    found = read_to_test(Folder(str(alone)))
    assert found.test is not None
    assert found.test.labels.tolist() == [0, 1]


def test_the_pictures_that_were_trained_on_are_no_test(shelve, tmp_path) -> None:
    folder = shelve(tmp_path, {f"{name}/{i}.png": png(i) for i in range(3) for name in "ab"})
    seen = read(Folder(), folder).fingerprint
    assert read_to_test(Folder(), folder, seen).test is None


def test_what_has_a_test_part_is_read_as_ever(shelve, tmp_path) -> None:
    files = {f"{part}/{name}/1.png": png(1) for part in ("train", "test") for name in "ab"}
    assert read_to_test(Folder(), shelve(tmp_path, files)).source == Folder()
    assert read_to_test(Characters()).source == Characters()
