from thumblab.core.layer import Layer, Weight, swap, walk, weights
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Identity,
    Parallel,
    ReLU,
    Sequential,
    residual,
)

IMAGE = (3, 8, 8)
MODEL = Sequential(
    Conv(4, bias=False),
    residual(Sequential(BatchNorm(), ReLU()), Dropout(0.1)),
    GlobalAvgPool(),
    Dense(2),
)


def test_walk_meets_leaves_in_the_order_data_flow_with_the_shape_they_read() -> None:
    assert list(walk(MODEL, IMAGE)) == [
        ("0.", Conv(4, bias=False), IMAGE),
        ("1.0.0.", BatchNorm(), (4, 8, 8)),
        ("1.0.1.", ReLU(), (4, 8, 8)),
        ("1.1.", Dropout(0.1), (4, 8, 8)),
        ("2.", GlobalAvgPool(), (4, 8, 8)),
        ("3.", Dense(2), (4,)),
    ]


def test_a_leaf_alone_has_no_prefix() -> None:
    assert list(walk(ReLU(), IMAGE)) == [("", ReLU(), IMAGE)]
    assert list(weights(Dense(2), (3,))) == ["weight", "bias"]


def test_weights_are_found_by_path() -> None:
    found = weights(MODEL, IMAGE)
    assert list(found) == [
        "0.weight",
        "1.0.0.weight",
        "1.0.0.bias",
        "1.0.0.running_mean",
        "1.0.0.running_var",
        "3.weight",
        "3.bias",
    ]
    assert found["0.weight"] == Weight((4, 3, 3, 3), "torch_default")
    assert not found["1.0.0.running_var"].trained
    assert found["3.bias"].fan_in == 4


def test_swap_reaches_every_depth_and_leaves_the_original() -> None:
    swapped = swap(MODEL, BatchNorm, Identity())
    assert [type(layer) for _, layer, _ in walk(swapped, IMAGE)].count(Identity) == 1
    assert "running_var" not in "".join(weights(swapped, IMAGE))
    assert BatchNorm() in [layer for _, layer, _ in walk(MODEL, IMAGE)]
    assert swap(MODEL, Flatten, Identity()) == MODEL


def test_swap_replaces_containers_too() -> None:
    assert swap(MODEL, Parallel, Identity()) == Sequential(
        Conv(4, bias=False), Identity(), GlobalAvgPool(), Dense(2)
    )


def test_map_edits_leaves_before_their_container() -> None:
    seen: list[str] = []

    def note(layer: Layer) -> Layer:
        seen.append(type(layer).__name__)
        return layer

    assert MODEL.map(note) == MODEL
    assert seen == [
        "Conv",
        "BatchNorm",
        "ReLU",
        "Sequential",
        "Dropout",
        "Parallel",
        "GlobalAvgPool",
        "Dense",
        "Sequential",
    ]


def test_a_layer_that_says_nothing_keeps_its_shape_and_owns_and_costs_nothing() -> None:
    assert (ReLU().out_shape(IMAGE), ReLU().weights(IMAGE), ReLU().flops(IMAGE)) == (IMAGE, {}, 0)
