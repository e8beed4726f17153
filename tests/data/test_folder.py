import io
from pathlib import Path

import pytest
from PIL import Image

from thumblab.core.errors import DataError, UsageError
from thumblab.data import Folder, read


def png(grey: int = 0, sides: tuple[int, int] = (12, 12)) -> bytes:
    out = io.BytesIO()
    Image.new("L", sides, grey).save(out, "png")
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
    assert data.train.images[:, 0, 0, 0].tolist() == [7, 8, 9]
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


def test_hidden_files_and_other_files_are_passed_over(tree, shelve) -> None:
    shelve(
        tree, {"dog/.DS_Store": b"", ".git/x/y.png": b"", "dog/notes.txt": b"", "readme.md": b""}
    )
    assert len(read(Folder(), tree).train) == 3


def test_links_in_a_ring_end(tree) -> None:
    (tree / "ring").symlink_to(tree)
    (tree / "dog" / "up").symlink_to(tree)
    data = read(Folder(), tree)
    assert data.classes == ("cat", "dog")
    assert len(data.train) == 3


def test_every_bad_file_is_listed_with_its_reason(tree, shelve) -> None:
    shelve(tree, {"cat/empty.png": b"", "dog/text.jpg": b"hello", "dog/cut.png": png()[:45]})
    with pytest.raises(DataError) as caught:
        read(Folder(), tree)
    text = str(caught.value)
    assert text.startswith(f"{tree} has 3 unusable pictures; mend or remove:\n")
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
        (
            {"train/a/1.png": png(), "train/b/1.png": png(), "val/a/1.png": png()},
            "has val beside train; only train and test are read",
        ),
    ],
)
def test_a_tree_of_another_form_is_refused(files, message, shelve, tmp_path) -> None:
    with pytest.raises(DataError, match=message):
        read(Folder(), shelve(tmp_path, files))


def test_wrong_arguments_are_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="no folder of pictures was named; give one with --from"):
        read(Folder())
    with pytest.raises(DataError, match="nowhere is not a folder; give one that holds"):
        read(Folder("nowhere"), tmp_path)
    with pytest.raises(UsageError, match="channels is 4; give 1 for grey or 3 for colour"):
        Folder(channels=4)
    with pytest.raises(UsageError, match="side is 0; give 1 pixel or more"):
        Folder(side=0)
