"""Paths are taken as texts too, at every public door, and mean the same there."""

from pathlib import Path

import pytest

import thumblab
from thumblab import data
from thumblab.evaluation.run_data import read_run_data
from thumblab.kernels.plan import STANDARD
from thumblab.report import write_page
from thumblab.runs.doctor import examine, run_folders
from thumblab.runs.kernel_plan import read_plan, write_plan
from thumblab.zoo import stacked_cnn


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    from PIL import Image

    folder = tmp_path_factory.mktemp("pictures")
    for part in ("train", "test"):
        for turn, name in enumerate(("cat", "dog")):
            (folder / part / name).mkdir(parents=True)
            for shade in range(4):
                picture = Image.linear_gradient("L").resize((8, 8)).rotate(90 * turn)
                picture = picture.point(lambda value, by=shade: value // (1 + by))
                picture.save(folder / part / name / f"{shade}.png")
    return folder


@pytest.fixture(scope="module")
def run(pictures, tmp_path_factory) -> thumblab.Run:
    source = data.Folder(path=pictures.name, side=8)
    model = stacked_cnn(2, widths=(4,), dense=0)
    experiment = thumblab.Experiment(source, model, epochs=1, batch=4)
    runs, root = str(tmp_path_factory.mktemp("runs")), str(pictures.parent)
    with pytest.warns(UserWarning, match="too few"):
        (epoch,) = thumblab.train(experiment, root=root, runs=runs)
    return epoch.run


def test_sources_take_paths_and_texts(pictures):
    for kind in (data.Folder, data.Npz, data.LabelsCsv, data.Packed):
        assert kind(path=pictures) == kind(path=str(pictures))
    whole = data.read(data.Folder(path=pictures, side=8))
    below = data.read(data.Folder(side=8), str(pictures))
    assert whole.fingerprint == below.fingerprint
    assert data.read_to_test(data.Folder(side=8), str(pictures)).fingerprint == whole.fingerprint


def test_runs_are_opened_read_and_shown_by_texts(run, pictures, tmp_path):
    folder = str(run.folder)
    assert thumblab.Run.open(folder).experiment == thumblab.load(folder) == run.experiment
    found = read_run_data(run, str(pictures.parent))
    assert write_page(run, str(tmp_path / "page.html"), found) > 0
    assert run_folders(str(run.folder.parent)) == [run.folder]
    assert list(examine(folder)) == []


def test_pictures_are_classified_and_decoded_by_texts(run, pictures):
    picture = pictures / "test" / "cat" / "0.png"
    (one,), (other,) = (thumblab.classify(run, [given]) for given in (picture, str(picture)))
    assert one == other
    assert other.file == picture
    shape = (1, 8, 8)
    assert (data.decode(str(picture), shape) == data.decode(picture, shape)).all()


def test_kernel_plans_are_kept_at_texts(tmp_path):
    write_plan(str(tmp_path / "plan.json"), STANDARD, {})
    assert read_plan(str(tmp_path / "plan.json")).chosen == STANDARD.chosen
