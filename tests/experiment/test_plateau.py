import numpy as np
import pytest

from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.experiment.lr_plateau import ReduceOnPlateau, reduced
from thumblab.experiment.plateau import check_plateau, plateaus


def lines(metric: str, values: list[float]) -> list[dict[str, float]]:
    return [{metric: value} for value in values]


@pytest.mark.parametrize(
    ("values", "patience", "found"),
    [
        ([], 1, 0),
        ([3.0], 1, 0),
        ([3.0, 2.0, 1.0], 1, 0),
        ([3.0, 3.0], 1, 1),  # as good is not better
        ([1.0, 2.0, 3.0], 2, 1),
        ([1.0, 2.0, 0.5, 0.6], 2, 0),  # the count begins anew
        ([1.0, 2.0, 2.0, 1.5, 1.5], 2, 2),  # what was best stays so after a plateau
    ],
)
def test_plateaus_are_epochs_in_a_row_without_anything_better(
    values: list[float], patience: int, found: int
) -> None:
    assert plateaus(lines("validation_loss", values), "validation_loss", patience) == found
    risen = lines("train_accuracy", [-value for value in values])
    assert plateaus(risen, "train_accuracy", patience) == found


def test_better_means_by_more_than_min_delta() -> None:
    falling = lines("train_loss", [1.0, 0.75, 0.5])
    assert plateaus(falling, "train_loss", 1, 0.25) == 1  # 0.75 is not, 0.5 is
    assert plateaus(falling, "train_loss", 1, 0.24) == 0


@pytest.mark.parametrize("metric", ["validation_loss", "validation_accuracy"])
@pytest.mark.parametrize("seed", range(5))
def test_rates_fall_as_those_of_torch(metric: str, seed: int) -> None:
    """torch waits until there are more epochs than its patience."""
    rule = ReduceOnPlateau(metric=metric, factor=0.5, patience=2, min_delta=0.05, smallest=0.01)  # type: ignore[arg-type]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.4)
    twin = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        "min" if metric.endswith("loss") else "max",
        factor=0.5,
        patience=1,
        threshold=0.05,
        threshold_mode="abs",
        min_lr=0.01,
        eps=0,
    )
    values = np.random.default_rng(seed).random(40).round(2).tolist()
    for count, value in enumerate(values, 1):
        twin.step(value)
        assert reduced(rule, 0.4, lines(metric, values[:count])) == optimizer.param_groups[0]["lr"]


@pytest.mark.parametrize(
    ("metric", "patience", "min_delta"),
    [("loss", 1, 0.0), ("train_loss", 0, 0.0), ("train_loss", 1, -0.1), ("train_loss", 1, np.nan)],
)
def test_nonsense_is_refused(metric: str, patience: int, min_delta: float) -> None:
    with pytest.raises(UsageError, match=r"^a rule: "):
        check_plateau("a rule", metric, patience, min_delta)
