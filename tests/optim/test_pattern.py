from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, Sequential
from thumblab.layers.parallel import residual
from thumblab.optim import SGD, Grouped, Muon, names_of, resolve
from thumblab.optim.pattern import all_paths, matches

NET = Sequential(
    Conv(4, bias=False),
    residual(Sequential(Conv(4, bias=False), BatchNorm())),
    GlobalAvgPool(),
    Dense(3),
)


def test_statistics_have_no_name() -> None:
    names = names_of(NET, (1, 8, 8))
    assert not any("running" in name for name in names)
    assert [name for name, calls in names.items() if "norm.bias" in calls] == ["1.0.1.bias"]
    assert [name for name, calls in names.items() if "head.bias" in calls] == ["3.bias"]


def test_a_pattern_is_a_weight_a_layer_or_a_type() -> None:
    names = names_of(NET, (1, 8, 8))
    assert all_paths(["head"], names) == ("3.weight", "3.bias")
    assert all_paths(["1"], names) == ("1.0.0.weight", "1.0.1.weight", "1.0.1.bias")
    assert all_paths(["Conv"], names) == all_paths(["conv.weight"], names)
    assert all_paths(["*.bias", "3"], names) == ("1.0.1.bias", "3.bias", "3.weight")
    assert not matches("13.weight", "3")
    assert not matches("3.weight", "3.weigh")


def test_every_pattern_within_is_settled() -> None:
    names = names_of(NET, (1, 8, 8))
    found = resolve(Grouped(Muon(exclude=("head",)), multipliers=(("norm.bias", 8.0),)), names)
    assert found == Grouped(
        Muon(exclude=("3.weight", "3.bias")), multipliers=(("1.0.1.bias", 8.0),)
    )
    assert resolve(SGD(), names) == SGD()
