import pytest

from thumblab.data.sources.part_names import is_like_a_part, role_of


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (
            "training",
            "train Train TRAIN training training_set train-set trainset seg_train trainingSet",
        ),
        ("training", "train_images TrainData train2017 images_train train.set"),
        ("validation", "val valid VALID validation Validation_set val2017 seg_val dev"),
        ("test", "test TEST Testing test_set testset test1 seg_test test-images"),
    ],
)
def test_names_of_parts(role, names) -> None:
    assert {name: role_of(name) for name in names.split()} == dict.fromkeys(names.split(), role)


@pytest.mark.parametrize(
    "name",
    ["cat", "train station", "testudo", "valley", "trained", "train_test", "images", "", "7"],
)
def test_other_names(name) -> None:
    assert role_of(name) is None


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("fold_3", True),
        ("train_test", True),
        ("Split-1", True),
        ("hold-out", True),
        ("seg_pred", True),
        ("unlabeled", True),
        ("images", False),
        ("split pea", False),
        ("cat", False),
        ("3", False),
    ],
)
def test_names_that_look_like_parts(name, like) -> None:
    assert is_like_a_part(name) == like
