import io
from pathlib import Path

import pytest
from PIL import Image

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Folder, read


def png(gray: int = 0, sides: tuple[int, int] = (12, 12)) -> bytes:
    """A picture of two levels, half and half; its mean is ``gray`` plus 20."""
    out = io.BytesIO()
    picture = Image.new("L", sides, gray)
    picture.paste(gray + 40, (0, 0, sides[0] // 2, sides[1]))
    picture.save(out, "png")
    return out.getvalue()


@pytest.fixture
def tree(tmp_path: Path, shelve) -> Path:
    return shelve(
        tmp_path / "pets", {"dog/b.png": png(9), "dog/a.png": png(8), "cat/x.png": png(7)}
    )


def test_classes_are_sorted_names_and_pictures_are_sorted_within(tree) -> None:
    data = read(Folder(str(tree), side=4, channels=1))
    assert (data.name, data.classes) == ("pets", ("cat", "dog"))
    assert data.train.labels.tolist() == [0, 1, 1]
    assert data.train.images[:, 0, 0, 0].tolist() == [47, 48, 49]
    assert (data.shape, data.test) == ((1, 4, 4), None)


def test_a_relative_path_starts_at_the_root(tree) -> None:
    assert len(read(Folder("pets"), tree.parent).train) == 3


def test_train_and_test_folders_are_parts(shelve, tmp_path) -> None:
    files = {f"train/{name}/1.png": png() for name in "abc"} | {"test/b/1.png": png(5)}
    data = read(Folder(), shelve(tmp_path, files))
    assert data.classes == ("a", "b", "c")
    assert data.test is not None
    assert data.test.labels.tolist() == [1]


def test_train_may_be_the_name_of_a_class(shelve, tmp_path) -> None:
    data = read(Folder(), shelve(tmp_path, {"train/1.png": png(), "bus/1.png": png()}))
    assert data.classes == ("bus", "train")


def test_a_validation_part_of_ones_own(shelve, tmp_path) -> None:
    files = {
        f"{part}/{name}/1.png": png(i) for i, part in enumerate(("Train", "VAL")) for name in "ab"
    }
    data = read(Folder(), shelve(tmp_path, files))
    assert data.validation is not None
    assert (data.validation.labels.tolist(), data.test) == ([0, 1], None)
    assert data.reading.files["validation"] == ("VAL/a/1.png", "VAL/b/1.png")


def test_hidden_files_are_passed_over_and_others_told(tree, shelve) -> None:
    shelve(tree, {"dog/.DS_Store": b"", ".git/x/y.png": b"", "dog/n.txt": b"", "readme.md": b""})
    with pytest.warns(UserWarning, match=r"pets: passed over 2 files of .*: 1 \.md, 1 \.txt$"):
        data = read(Folder(), tree)
    assert len(data.train) == 3
    assert data.reading.passed_over == {".txt": 1, ".md": 1}


def test_any_suffix_and_none_is_read(shelve, tmp_path) -> None:
    """54 of 60 cats used to be missing because of their suffix, without a word."""
    image = Image.effect_noise((12, 12), 60)
    for number, (suffix, kind) in enumerate(
        {
            ".tif": "TIFF",
            ".ppm": "PPM",
            "": "PNG",
            ".JPE": "JPEG",
            ".txt": "GIF",
            ".bmp": "BMP",
        }.items()
    ):
        for name in ("cat", "dog"):
            (tmp_path / name).mkdir(exist_ok=True)
            image.save(tmp_path / name / f"{number}{suffix}", kind)
    assert len(read(Folder(), tmp_path).train) == 12


def test_links_in_a_ring_end(tree) -> None:
    (tree / "ring").symlink_to(tree)
    (tree / "dog" / "up").symlink_to(tree)
    with pytest.warns(UserWarning, match=r"passed over 2 links to folders that are read anyway"):
        data = read(Folder(), tree)
    assert data.classes == ("cat", "dog")
    assert len(data.train) == 3


def test_flat_pictures_are_told(tree, shelve) -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "blue").save(out, "png")
    shelve(tree, {"dog/blue.png": out.getvalue()})
    with pytest.warns(UserWarning, match=r"1 picture of one color all over .*: dog/blue\.png"):
        read(Folder(), tree)


def test_bad_pictures_are_left_out_if_that_is_asked_for(tree, shelve) -> None:
    whole = read(Folder(), tree).fingerprint
    shelve(tree, {"cat/empty.png": b"", "dog/text.jpg": b"hello"})
    with pytest.warns(UserWarning, match="left out 2 unusable pictures: .*empty.png is empty"):
        data = read(Folder(skip_bad=True), tree)
    assert len(data.reading.skipped) == 2
    assert data.fingerprint == whole
    assert data.reading.files["training"] == ("cat/x.png", "dog/a.png", "dog/b.png")
    (tree / "cat" / "x.png").write_bytes(b"")
    with (
        pytest.warns(UserWarning, match="left out 3"),
        pytest.raises(DataError, match=r"classes of which every picture is unusable \(cat\)"),
    ):
        read(Folder(skip_bad=True), tree)


def test_every_bad_file_is_listed_with_its_reason(tree, shelve) -> None:
    shelve(tree, {"cat/empty.png": b"", "dog/text.jpg": b"hello", "dog/cut.png": png()[:45]})
    with pytest.raises(DataError) as caught:
        read(Folder(), tree)
    text = str(caught.value)
    assert text.startswith(
        f"{tree} has 3 unusable pictures; mend or remove them, or leave them out"
    )
    assert "cat/empty.png is empty (0 bytes)" in text
    assert "dog/text.jpg is not PNG" in text
    assert "dog/cut.png cannot be decoded" in text
    assert "more" not in text


def test_a_long_list_is_cut_and_counted(tree, shelve) -> None:
    shelve(tree, {f"cat/{i:02}.png": b"" for i in range(25)})
    with pytest.raises(
        DataError, match=r"has 25 unusable pictures[\s\S]*19\.png[\s\S]*and 5 more$"
    ):
        read(Folder(), tree)


def test_without_a_side_all_pictures_must_have_one_size(tree, shelve) -> None:
    assert read(Folder(side=None), tree).shape == (3, 12, 12)
    shelve(tree, {"dog/wide.png": png(sides=(14, 12))})
    with pytest.raises(DataError, match=r"wide\.png is 14 x 12 pixels, the first one 12 x 12"):
        read(Folder(side=None), tree)


def test_names_that_are_not_utf8_are_made_printable(tree) -> None:
    (tree / "dog").rename(tree / "d\udcffg")
    assert read(Folder(), tree).classes == ("cat", "d?g")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/1.png": png()}, "has 1 sub-folders with classes; give at least 2"),
        ({"1.png": png()}, "has 0 sub-folders"),
        (
            {"a/1.png": png(), "b/x.txt": b""},
            r"has classes without a picture \(b\); fill or remove",
        ),
        (
            {"train/a/1.png": png(), "train/b/1.png": png(), "test/c/1.png": png()},
            r"has classes that train has not \(c\); rename them",
        ),
    ],
)
def test_a_tree_of_another_form_is_refused(files, message, shelve, tmp_path) -> None:
    with pytest.raises(DataError, match=message):
        read(Folder(), shelve(tmp_path, files))


def test_wrong_arguments_are_refused(tmp_path) -> None:
    with pytest.raises(
        DataError, match="no folder of pictures was named; give one as path or as root"
    ):
        read(Folder())
    with pytest.raises(DataError, match="nowhere is not a folder; give one that holds"):
        read(Folder("nowhere"), tmp_path)
    with pytest.raises(UsageError, match="channels is 4; give 1 for gray or 3 for color"):
        Folder(channels=4)
    with pytest.raises(UsageError, match="side is 0; give 1 pixel or more"):
        Folder(side=0)
