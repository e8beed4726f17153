"""A network with more outputs than classes, asked by everybody who reads networks or runs.

Its 13 further outputs are the largest for every image, so whoever lets them answer is wrong throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.special import log_softmax, softmax

from tests.report import grouped
from tests.training.small import experiment
from thumblab.analysis import negative_log_likelihood
from thumblab.data import Arrays, Dataset
from thumblab.evaluation import evaluate, evaluate_ensemble
from thumblab.evaluation.comparison import compare
from thumblab.evaluation.cross import cross
from thumblab.evaluation.embedding import embeddings
from thumblab.evaluation.features import features
from thumblab.evaluation.mapping import map_runs
from thumblab.evaluation.predict import classify, load_network
from thumblab.evaluation.scored import scored
from thumblab.experiment import Shifts
from thumblab.experiment.experiment import parts
from thumblab.experiment.pretrained import Pretrained
from thumblab.layers import Dense, Flatten, Sequential
from thumblab.optim import SGD
from thumblab.report.calibrated import calibrated
from thumblab.runs import Run
from thumblab.runs.class_logits import class_logits
from thumblab.storage.checkpoint import load_arrays, save_arrays
from thumblab.training import steps

OUTPUTS, CLASSES = 60, 47
DATA: Dataset = grouped.dataset()
STILL = experiment(
    data=Arrays.of(DATA),
    model=Sequential(Flatten(), Dense(OUTPUTS)),
    optimizer=SGD(1e-30, momentum=0.0),
    augment=(),
    epochs=1,
    tta=Shifts(),
)


def trained(folder: Path, **changes: Any) -> Run:
    *_, last = steps(replace(STILL, **changes), dataset=DATA, runs=folder, workers=1)
    return last.run


@pytest.fixture(scope="module", params=["numpy", "torch"])
def wide(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained on, at next to no learning rate, from weights whose further outputs are the largest."""
    folder = tmp_path_factory.mktemp("wide")
    path = folder / "first.safetensors"
    arrays, about = load_arrays(
        trained(folder, epochs=8, optimizer=SGD(0.01)).folder / "weights.safetensors"
    )
    arrays["1.bias"] = np.where(np.arange(OUTPUTS) < CLASSES, 0, 9).astype("f4")
    save_arrays(path, arrays, about, name="weights")
    return trained(folder, init_from=(Pretrained(str(path)),), engine=request.param)


def by_hand(run: Run, images: Any) -> Any:
    """The logits of the classes, by a product of NumPy's."""
    arrays, about = run.trained()
    x = (images - np.array(about["shift"])) * np.array(about["scale"])
    rows = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
    return (rows @ arrays["1.weight"].T + arrays["1.bias"])[:, :CLASSES]


def right_of(run: Run) -> tuple[float, float]:
    """Accuracy and cross-entropy on the test images, by hand."""
    assert DATA.test is not None
    return measured(by_hand(run, DATA.test.images), DATA.test.labels)


def measured(logits: Any, labels: Any) -> tuple[float, float]:
    logs = log_softmax(logits, 1)
    return float((logits.argmax(1) == labels).mean()), -float(
        logs[np.arange(len(labels)), labels].mean()
    )


def of_training(run: Run) -> Any:
    part, (line,) = parts(run.experiment, DATA)[0], run.metrics
    found = line["train_accuracy"], line["train_cross_entropy"]
    return found, measured(by_hand(run, part.images), part.labels)


def of_validation(run: Run) -> Any:
    part, (line,) = parts(run.experiment, DATA)[1], run.metrics
    found = line["validation_accuracy"], line["validation_cross_entropy"]
    return found, measured(by_hand(run, part.images), part.labels)


def of_the_run(run: Run) -> Any:
    return measured(run.predictions["test_logits"], run.predictions["test_labels"]), right_of(run)


def of_evaluate(run: Run) -> Any:
    found = evaluate(run)
    return (found.accuracy, found.loss), right_of(run)


def of_evaluate_anew(run: Run) -> Any:
    found = evaluate(run, DATA, Shifts())
    return (found.accuracy, found.loss), right_of(run)


def of_tta(run: Run) -> Any:
    stored = evaluate(run)
    again = evaluate(run, DATA, Shifts())
    assert stored.tta_accuracy is not None
    assert stored.tta_accuracy > 0
    return (stored.tta_accuracy, stored.tta_loss), (again.tta_accuracy, again.tta_loss)


def of_an_ensemble(run: Run) -> Any:
    other = trained(run.folder.parent, seed=5)
    found = evaluate_ensemble([run, other])
    assert DATA.test is not None
    means = np.mean([softmax(by_hand(r, DATA.test.images), 1) for r in (run, other)], 0)
    return (found.accuracy, found.loss), measured(np.log(means), DATA.test.labels)


def of_compare(run: Run) -> Any:
    counts = np.bincount(DATA.train.labels, minlength=CLASSES)
    (found,) = compare([run], counts, final=True)
    return (found.accuracy, found.loss), right_of(run)


def of_cross(run: Run) -> Any:
    (found,) = cross([run], [DATA], [DATA])
    return found.accuracy, right_of(run)[0]


def of_predict(run: Run) -> Any:
    assert DATA.test is not None
    path = run.folder / "picture.png"
    Image.fromarray(DATA.test.images[3, :, :, 0]).save(path)
    (told,) = classify(run, [path], top=CLASSES, prepare=None)
    chances = softmax(by_hand(run, DATA.test.images[3:4])[0])
    named = {guess.name: guess.probability for guess in told.top}
    return named, dict(zip(DATA.classes, chances, strict=True))


def of_the_network(run: Run) -> Any:
    assert DATA.test is not None
    network, _ = load_network(run, workers=1)
    found = network.predict(DATA.test.images)
    assert network.outputs(DATA.test.images[:5]).shape == (5, OUTPUTS)
    return measured(found, DATA.test.labels), right_of(run)


def of_features(run: Run) -> Any:
    assert DATA.test is not None
    both = [features(run, DATA.test.images, layer, workers=1) for layer in ("", "1")]
    return [measured(each, DATA.test.labels) for each in both], [right_of(run)] * 2


def of_embed(run: Run) -> Any:
    assert DATA.test is not None
    last = list(embeddings([run], DATA, DATA.test, "1"))[-1]
    return measured(last.features, DATA.test.labels), right_of(run)


def of_map(run: Run) -> Any:
    found = map_runs([run], grouped.grouping(), final=True).test
    assert found is not None
    (row,) = found.fine
    return (row.accuracy, row.loss), right_of(run)


def of_the_page(run: Run) -> Any:
    found = scored(run, DATA)
    assert found is not None
    assert found.classes == DATA.classes
    right = float((found.guesses == found.labels).mean())
    return (right, found.losses.mean()), right_of(run)


def of_calibration(run: Run) -> Any:
    found = scored(run, DATA)
    assert found is not None
    told = calibrated(run, found)
    return (told.accuracy, told.loss), right_of(run)


READERS: list[Callable[[Run], Any]] = [
    of_training, of_validation, of_the_run, of_evaluate, of_evaluate_anew, of_tta,
    of_an_ensemble, of_compare, of_cross, of_predict, of_the_network, of_features, of_embed,
    of_map, of_the_page, of_calibration,
]  # fmt: skip


def test_outputs_beyond_the_classes_are_no_answer(wide: Run) -> None:
    assert right_of(wide)[0] > 0.2
    for reader in READERS:
        found, right = reader(wide)
        assert np.size(found) > 0, reader.__name__
        if isinstance(right, dict):
            assert found == pytest.approx(right, rel=1e-4), reader.__name__
        else:
            np.testing.assert_allclose(found, right, rtol=1e-4, err_msg=reader.__name__)


def test_runs_of_earlier_versions_stored_all_outputs(wide: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((30, OUTPUTS)).astype("f4")
    stored = {"test_logits": logits, "test_labels": np.arange(30)}
    found = class_logits(stored, wide.folder / "weights.safetensors")
    np.testing.assert_array_equal(found["test_logits"], logits[:, :CLASSES])
    assert negative_log_likelihood(found["test_logits"], found["test_labels"]) > 0
    unknown = class_logits(stored, tmp_path / "nowhere.safetensors")
    assert unknown["test_logits"].shape == logits.shape
