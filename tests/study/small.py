"""A study of seconds: two arms, two seeds, a perceptron on 120 characters."""

from functools import cache
from pathlib import Path

from thumblab.data import Characters, Dataset, DatasetSpec, read
from thumblab.experiment import Experiment
from thumblab.layers import Dense, Flatten, ReLU, Sequential
from thumblab.study import Study
from thumblab.study.study import Question, Seeds

FILE = """
schema = 1
title = "Is it better wide?"

[base]
data = "characters"
model = "mlp:hidden=8"
subset = 120
epochs = 1

[arms]
plain = {}
wide = { "model.hidden" = 16 }

[seeds]
count = 2

[question]
matters = 5
"""


def experiment() -> Experiment:
    model = Sequential(Flatten(), Dense(8), ReLU(), Dense(47))
    return Experiment(Characters(), model, subset=120, epochs=1, batch=64)


def study(**changes: object) -> Study:
    wanted = {
        "base": experiment(),
        "arms": {"plain": {}, "longer": {"epochs": 2}},
        "seeds": Seeds(2),
        "question": Question(matters=5),
        "name": "small",
    }
    return Study(**(wanted | changes))


@cache
def datasets() -> dict[DatasetSpec, Dataset]:
    return {Characters(): read(Characters())}


def written(folder: Path, text: str = FILE) -> Path:
    path = folder / "small.toml"
    path.write_text(text)
    return path
