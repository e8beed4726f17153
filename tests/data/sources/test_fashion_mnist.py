import pytest

from thumblab.data import FashionMnist, Mnist, read


@pytest.mark.parametrize("folder", ["fashion-mnist", "FashionMNIST/raw", "dataset-fashion-mnist"])
def test_known_folders_are_tried_before_the_folder_itself(
    folder, examples, shelve, tmp_path
) -> None:
    digits = dict(examples[Mnist()])
    clothes = digits | {"train-labels-idx1-ubyte": digits["train-labels-idx1-ubyte"][:-1] + b"\x09"}
    shelve(tmp_path, digits)
    shelve(tmp_path / folder, clothes)
    data = read(FashionMnist(), tmp_path)
    assert data.train.labels[-1] == 9
    assert data.classes[0] == "T-shirt/top"
    assert len(data.classes) == 10
