import numpy as np
import pytest

from tests.study.small import study
from thumblab.audit import RULES
from thumblab.report.study import page_of, study_page
from thumblab.study import Answer, Seeds, answer, run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    runs = tmp_path_factory.mktemp("runs")
    wanted = study(
        arms={"plain": {}, "diverges": {"optimizer": "sgd:lr=1e30"}},
        seeds=Seeds(2),
        title="Is more too much?",
        ignore=(("T01", "networks of a second"),),
    )
    list(run(wanted, runs=runs))
    return answer(wanted, runs=runs)


def test_a_page_is_filled_from_the_answer(found: Answer) -> None:
    page = page_of(found, commands=["thumblab study run small.toml"])
    assert page.title == "Is more too much?"
    assert (
        page.question
        == "Accuracy on validation images, each arm against plain; 5 points would matter"
    )
    assert [arm.name for arm in page.arms] == ["plain", "diverges"]
    plain, diverges = page.arms
    assert diverges.settings == "optimizer = sgd:lr=1e30"
    assert (plain.diverged, diverges.diverged) == ((), (0, 1))
    assert plain.seeds == (0, 1)
    assert len(plain.accuracies) == len(plain.seconds) == 2
    assert plain.confusion is not None
    assert plain.confusion.sum() == 2 * 940
    assert np.trace(plain.confusion) == found.results.hits["plain"].sum()
    assert page.images is not None
    assert page.images.shape == (940, 28, 28, 1)
    assert (page.labels == found.results.labels).all()
    assert page.rules == len(RULES)
    assert ("set aside: T01", "networks of a second") in page.declared
    assert page.locked.startswith(found.results.lock.values["locked"])
    assert len(page.looks) == 1
    assert "NumPy" in dict(page.environment)


def test_the_page_can_be_drawn(found: Answer) -> None:
    html = study_page(page_of(found))
    assert "Is more too much?" in html
    assert "diverges" in html


def test_pictures_may_be_left_out(found: Answer) -> None:
    assert page_of(found, pictures=False).images is None


def test_the_images_are_those_that_were_scored(found: Answer) -> None:
    from thumblab.data import Characters
    from thumblab.experiment.experiment import parts

    dataset = found.results.datasets[Characters()]
    held = parts(study().base, dataset)[1]
    images = page_of(found).images
    assert images is not None
    assert np.array_equal(images, held.images)
