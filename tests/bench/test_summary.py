from __future__ import annotations

from dataclasses import replace

import pytest

from thumblab.bench.benchmark import Row
from thumblab.bench.summary import summary

ROW = Row(
    model="vgg_like",
    batch=128,
    engine="numpy",
    mode="train",
    malloc="tuned",
    repeat=0,
    threads=2,
    rounds=10,
    step_ms=100.0,
    images_per_second=1280.0,
    speedup_over_torch_eager=2.0,
    speedup_over_best_torch=1.0,
    best_torch="torch_channels_last",
    spread=0.1,
    peak_mb=300.0,
    memory_over_torch_eager=0.5,
    load=2.0,
)


def row(model: str, best: float | None, eager: float, **more: object) -> Row:
    made = replace(ROW, model=model, speedup_over_best_torch=best, speedup_over_torch_eager=eager)
    return replace(made, **more)  # type: ignore[arg-type]


def test_means_are_geometric_and_of_convolutional_models_alone() -> None:
    rows = [row("vgg_like", 1.0, 2.0), row("resnet20", 4.0, 8.0), row("mlp", 0.1, 0.1)]
    (found,) = summary(rows)
    assert (found.over_best_torch, found.over_torch_eager) == (2.0, 4.0)
    assert found.smallest == ("vgg_like", 1.0)
    assert [each.model for each in found.models] == ["vgg_like", "resnet20", "mlp"]
    assert found.models[2].over_torch_eager == 0.1
    assert found.models[0].memory_over_torch_eager == 0.5


def test_repeats_give_a_median_and_a_spread() -> None:
    values = {0: 1.0, 1: 1.2, 2: 1.1}
    (found,) = summary([row("vgg_like", v, v, repeat=repeat) for repeat, v in values.items()])
    assert found.over_best_torch == 1.1
    assert found.models[0].spread == pytest.approx(0.2 / 1.1, abs=1e-3)
    assert found.over_best_torch_by_repeat == (1.0, 1.2, 1.1)
    assert "the same by repeat: 1.00, 1.20, 1.10" in str(found)
    assert "18% between repeats" in str(found)


def test_modes_mallocs_and_batches_are_kept_apart() -> None:
    rows = [ROW, replace(ROW, mode="infer"), replace(ROW, malloc="stock"), replace(ROW, batch=512)]
    assert [(each.mode, each.malloc, each.batch) for each in summary(rows)] == [
        ("train", "tuned", 128),
        ("infer", "tuned", 128),
        ("train", "stock", 128),
        ("train", "tuned", 512),
    ]


def test_only_the_numpy_engine_beside_pytorch_is_summed_up() -> None:
    assert summary([replace(ROW, engine="torch_eager")]) == []
    assert summary([row("vgg_like", None, 1.0)]) == []


def test_without_a_convolutional_model_there_is_no_mean() -> None:
    (found,) = summary([row("vit", 1.5, 1.5, memory_over_torch_eager=None)])
    assert (found.over_best_torch, found.smallest) == (None, None)
    assert str(found).splitlines() == [
        "train, batch 128, tuned malloc:",
        "  vit           1.50 of the fastest's speed, 1.50 of eager's, - of eager's memory",
    ]
