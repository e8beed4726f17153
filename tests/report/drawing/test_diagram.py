from __future__ import annotations

import pytest

from thumblab import zoo
from thumblab.core.errors import ShapeError
from thumblab.core.summary import summary
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Frozen,
    MaxPool,
    MultiHeadAttention,
    Parallel,
    ReLU,
    Sequential,
    Unused,
    residual,
)
from thumblab.report.drawing.diagram import Box, Chain, Fork, Framed, diagram

SHAPE = (3, 8, 8)


def boxes(items: Chain, times: int = 1) -> list[tuple[Box, int]]:
    """Every box, with how often it stands for a layer."""
    found = []
    for item in items:
        if isinstance(item, Box):
            found.append((item, times))
        elif isinstance(item, Framed):
            count = int(item.label[2:]) if item.label.startswith("×") else 1
            found += boxes(item.items, times * count)
        else:
            found += [each for branch in item.branches for each in boxes(branch, times)]
    return found


def test_layers_that_change_only_values_stand_in_the_box_before_them() -> None:
    conv, pool = diagram(Sequential(Conv(4), BatchNorm(), ReLU(), MaxPool(2)), SHAPE)
    assert isinstance(conv, Box)
    assert isinstance(pool, Box)
    assert (conv.title, conv.notes) == ("Conv 4, kernel 3", ("BatchNorm", "ReLU"))
    assert (conv.reads, conv.shape, conv.trained) == (SHAPE, (4, 8, 8), True)
    assert conv.parameters == 4 * 3 * 9 + 4 + 4 * 4
    assert conv.whole.splitlines() == ["Conv(channels=4)", "BatchNorm()", "ReLU()"]
    assert (pool.title, pool.shape, pool.parameters, pool.trained) == (
        "MaxPool kernel 2",
        (4, 4, 4),
        0,
        False,
    )


def test_a_shortcut_is_a_branch_without_items() -> None:
    (fork,) = diagram(Sequential(residual(Conv(3)), ReLU()), SHAPE)
    assert isinstance(fork, Fork)
    assert (fork.merge, fork.notes, fork.shape) == ("add", ("ReLU",), SHAPE)
    assert [len(branch) for branch in fork.branches] == [1, 0]


def test_blocks_that_repeat_are_one_frame() -> None:
    block = residual(Sequential(Conv(3), ReLU()))
    first, frame, last = diagram(
        Sequential(Conv(3), block, ReLU(), block, ReLU(), block, ReLU(), Flatten()), SHAPE
    )
    assert isinstance(frame, Framed)
    assert frame.label == "× 3"
    (fork,) = frame.items
    assert isinstance(fork, Fork)
    assert fork.notes == ("ReLU",)
    assert isinstance(first, Box)
    assert isinstance(last, Box)


def test_leaves_that_repeat_and_blocks_of_other_shapes_are_all_drawn() -> None:
    assert len(diagram(Sequential(Conv(3), Conv(3), Conv(3)), SHAPE)) == 3
    down = Sequential(Conv(3, stride=2), ReLU())
    assert len(diagram(Sequential(down, down), SHAPE)) == 2


def test_what_is_frozen_or_never_called_does_not_train() -> None:
    frame, fork = diagram(
        Sequential(Frozen(Sequential(Conv(3))), Parallel(Unused(Conv(3, 1)), Conv(3))), SHAPE
    )
    assert isinstance(frame, Framed)
    assert isinstance(fork, Fork)
    assert frame.label == "frozen"
    told = {box.title: box.trained for box, _ in boxes((frame, fork))}
    assert told == {"Conv 3, kernel 3": True, "Unused Conv 3, kernel 1": False}
    assert not boxes((frame,))[0][0].trained


def test_numbers_are_told_where_they_are_not_the_usual_ones() -> None:
    titles = [
        box.title
        for model, shape in (
            (Conv(8, 5, stride=2, padding=1), SHAPE),
            (Dense(7), (4,)),
            (MultiHeadAttention(2), (5, 4)),
            (BatchNorm(momentum=0.5), SHAPE),
        )
        for box, _ in boxes(diagram(model, shape))
    ]
    assert titles == [
        "Conv 8, kernel 5, stride 2",
        "Dense 7",
        "MultiHeadAttention heads 2",
        "BatchNorm",
    ]


@pytest.mark.parametrize("name", ["vgg_like", "resnet20", "vit", "inception", "dffr_cnn", "mlp"])
def test_the_boxes_own_all_parameters(name: str) -> None:
    model = getattr(zoo, name)(10)
    found = boxes(diagram(model, (3, 32, 32)))
    whole = summary(model, (3, 32, 32))
    assert sum(box.parameters * times for box, times in found) == whole.parameters


def test_layers_that_do_not_fit_are_told() -> None:
    with pytest.raises(ShapeError):
        diagram(Sequential(Dense(3), Conv(2)), SHAPE)
