from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.drawings import photographed, seven
from tests.training.small import dataset
from thumblab.core.errors import RunError, UsageError
from thumblab.data import Characters, Folder, Glyph, Mnist, read
from thumblab.data.sources.preparation import intake_metadata
from thumblab.runs import Run
from thumblab.runs.shown import Intake, intake_of, show

EMNIST = Glyph(ink=24 / 28, center="box")


def intake(run: Run) -> Intake:
    """Of a run on characters, whose data are arrays in these tests."""
    return replace(intake_of(run, run.trained()[1]), preparation=EMNIST)


def test_a_run_stores_how_its_pictures_are_prepared_and_look(run: Run) -> None:
    found = intake_of(run, run.trained()[1])
    assert found.preparation is None  # these are arrays
    metadata = intake_metadata(Characters(), dataset().train.images)
    assert intake_of(run, run.trained()[1] | metadata).preparation == EMNIST
    assert found.appearance is not None
    assert found.appearance.border == (0, 0)
    assert (found.fit, found.shape) == ("stretch", (1, 28, 28))


def test_a_run_of_the_past_takes_what_its_data_set_has(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = run.trained()[1]
    for name in ("preparation", "appearance"):
        del about[name]
    assert intake_of(run, about) == replace(intake(run), preparation=None, appearance=None)
    whole = read(Characters())
    characters = replace(run.experiment, data=Characters())
    monkeypatch.setattr(type(run), "experiment", property(lambda _: characters))
    assert intake_of(run, about).preparation is None  # of other images than its fingerprint says
    monkeypatch.setitem(run.about, "fingerprint", whole.fingerprint)
    assert intake_of(run, about).preparation == EMNIST
    assert intake_of(run, about).appearance is not None
    mnist = replace(run.experiment, data=Mnist())
    monkeypatch.setattr(type(run), "experiment", property(lambda _: mnist))
    assert intake_of(run, about).preparation == Glyph()


def test_what_is_stored_may_be_damaged(run: Run) -> None:
    about = run.trained()[1]
    with pytest.raises(RunError, match="is damaged"):
        intake_of(run, about | {"preparation": {"type": "Glyph", "ink": -1}})
    with pytest.raises(UsageError, match=r"reads features \(6,\), not pictures"):
        intake_of(run, about | {"shape": [6]})


def test_features_have_no_appearance() -> None:
    assert intake_metadata(Characters(), np.zeros((3, 6), np.float32))["appearance"] is None


def test_a_run_on_sorted_pictures_fits_as_they_were(run: Run, tmp_path: Path) -> None:
    about = run.trained()[1]
    Image.new("L", (40, 20), 99).save(tmp_path / "wide.png")
    own = replace(run.experiment, data=Folder("pets", size=(28, 28), fit="pad"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(run), "experiment", property(lambda _: own))
        found = intake_of(run, about | {"preparation": None, "appearance": None})
    assert found.fit == "pad"
    assert not show(replace(found, fit="stretch"), [tmp_path / "wide.png"])[0].warnings[1:]


def test_what_is_stretched_is_told(run: Run, tmp_path: Path) -> None:
    test = dataset().test
    assert test is not None
    wide = np.pad(test.images[5, ..., 0], ((0, 0), (28, 28)))
    Image.fromarray(wide).save(tmp_path / "wide.png")
    (found,) = show(intake(run), [tmp_path / "wide.png"], None)
    assert "is 84 x 28 pixels and is stretched to 28 x 28" in found.warnings
    assert not show(intake(run), [tmp_path / "wide.png"])[0].warnings


@pytest.mark.parametrize("size", [(300, 240), (2400, 1800)])
def test_a_photograph_of_ink_on_paper_is_prepared(
    run: Run, tmp_path: Path, size: tuple[int, int]
) -> None:
    side = size[1] * 0.6
    photographed(seven(size, (side / 2, side / 3, side))).save(tmp_path / "p.jpg")
    (found,) = show(intake(run), [tmp_path / "p.jpg"])
    assert not found.warnings
    assert found.image is not None
    (plain,) = show(intake(run), [tmp_path / "p.jpg"], None)
    assert any("has a border of level" in words for words in plain.warnings)
    assert plain.thumbnail is not None
    assert max(plain.thumbnail.size) == 112


def test_an_empty_page_is_told(run: Run, tmp_path: Path) -> None:
    Image.new("L", (60, 60), 255).save(tmp_path / "p.png")
    (found,) = show(intake(run), [tmp_path / "p.png"])
    assert found.warnings == (
        "shows nothing that stands out from its ground, so it is taken as it is",
        "is one color all over, so that nothing can be told from it",
    )
