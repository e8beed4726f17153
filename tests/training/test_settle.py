"""What optimizers and losses leave to the model and the data is filled in when training starts."""

from pathlib import Path

import pytest

from thumblab import zoo
from thumblab.core.errors import UsageError
from thumblab.data import Characters, read
from thumblab.evaluation import evaluate
from thumblab.experiment import Experiment
from thumblab.losses import CrossEntropy, EffectiveNumber, Focal, Hierarchical, InverseFrequency
from thumblab.optim import EMA, SGD, Muon, OneCycle
from thumblab.training import train


def small(**arguments: object) -> Experiment:
    model = zoo.characters_cnn(47, widths=(4, 8))
    return Experiment(Characters(), model, subset=200, epochs=1, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        {"optimizer": Muon(learning_rate=OneCycle(0.05))},
        {"optimizer": EMA(SGD(learning_rate=0.05), decay=0.9)},
        {"loss": CrossEntropy(weights=InverseFrequency())},
        {"loss": Focal(alpha=EffectiveNumber(0.99))},
    ],
    ids=str,
)
def test_they_train_and_evaluate(arguments: dict[str, object], tmp_path: Path) -> None:
    dataset = read(Characters())
    for epoch in train(small(**arguments), dataset=dataset, runs=tmp_path):
        assert epoch.train_loss < 5
    stored, again = evaluate(epoch.run), evaluate(epoch.run, dataset)
    assert stored.accuracy == pytest.approx(again.accuracy, abs=1e-3)


def test_groups_have_to_come_from_somewhere(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs groups and these data have none"):
        next(train(small(loss=Hierarchical()), dataset=read(Characters()), runs=tmp_path))
