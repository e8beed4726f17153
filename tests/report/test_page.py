from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.report.conftest import HOSTILE, Writer, dataset_of
from thumblab import zoo
from thumblab.analysis.per_class import DEFINITIONS
from thumblab.core.errors import DataError, WriteError
from thumblab.data import Characters, Dataset, read
from thumblab.data.reading import Reading
from thumblab.evaluation import evaluate
from thumblab.evaluation.scored import files_of
from thumblab.experiment import Experiment
from thumblab.experiment.experiment import part_rows
from thumblab.report import write_page
from thumblab.report.page import render
from thumblab.runs import Run
from thumblab.training import train

VOID = {"meta", "link", "img", "br", "input", "hr"}
SECTIONS = (
    "curves",
    "confusion",
    "pairs",
    "groups",
    "parts",
    "classes",
    "calibration",
    "mapping",
    "features",
    "worst",
    "typical",
    "cost",
    "architecture",
    "experiment",
)
LOADS = re.compile(r"url\(\s*['\"]?(?!data:)|@import|https?://|['\"(]//", re.IGNORECASE)


class Page(HTMLParser):
    """Elements that never close, attributes that load, scripts by id, and the text people see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self.scripts: dict[str, str] = {}
        self.text = self.style = ""
        self._script = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.handlers += [name for name in named if name.startswith("on")]
        self.links += [named[name] for name in ("src", "href", "action", "data") if name in named]
        self.ids += [named["id"]] if "id" in named else []
        self.style += named.get("style", "")
        if tag == "script":
            self._script = named.get("id", "code")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "script":
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        elif inside == "style":
            self.style += data
        else:
            self.text += data


def page_of(run: Run, dataset: Dataset) -> Page:
    return Page(render(run, dataset))


@pytest.fixture
def hostile(write_run: Writer) -> Page:
    dataset = dataset_of(HOSTILE)
    return page_of(write_run(dataset), dataset)


def test_every_element_closes_and_ids_are_single(hostile: Page) -> None:
    assert hostile.open == []
    assert len(hostile.ids) == len(set(hostile.ids))
    assert [each for each in hostile.ids if each in SECTIONS] == [
        section for section in SECTIONS if section not in ("parts", "mapping")
    ]


def test_hostile_names_show_as_text(hostile: Page) -> None:
    for name in (*HOSTILE, "made <i>up</i>", "<model>", "<u>train</u>"):
        assert name in hostile.text
    assert not {"b", "u", "model"} & set(hostile.tags)
    assert hostile.tags.count("img") == 1  # the architecture's drawing
    assert hostile.handlers == []
    assert set(hostile.scripts) == {"curves-data", "scored-data", "plotly", "code"}


def test_nothing_is_loaded(hostile: Page) -> None:
    assert all(link.startswith(("data:", "#")) for link in hostile.links)
    assert not LOADS.search(hostile.style)
    assert not LOADS.search(hostile.scripts["code"])


def test_data_parse_and_hold_the_names(hostile: Page) -> None:
    data = json.loads(hostile.scripts["scored-data"])
    assert tuple(data["names"].values()) == HOSTILE
    assert np.sum(data["matrix"]["counts"]) == 120
    assert sorted(data["matrix"]["clustered"]) == [0, 1, 2, 3, 4]
    assert json.loads(hostile.scripts["curves-data"])["epoch"] == [1, 2, 3]


def test_the_page_is_small_and_replaces_the_old_one(write_run: Writer, tmp_path: Path) -> None:
    dataset = dataset_of(tuple(f"class {i}" for i in range(100)), n=3000, shape=(32, 32, 3))
    target = tmp_path / "new folder" / "page.html"
    for _ in range(2):
        write_page(Run(tmp_path / "0123456789ab") if target.exists() else write_run(dataset),
                   target, dataset)  # fmt: skip
    assert target.stat().st_size < 8e6
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]


def test_the_test_set_stays_closed_until_somebody_has_looked(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    page = page_of(write_run(dataset, evaluated=False), dataset)
    assert "It was not evaluated on the test set" in page.text
    assert "Test accuracy" not in page.text
    assert np.sum(json.loads(page.scripts["scored-data"])["matrix"]["counts"]) == 30


def test_a_test_set_that_was_looked_at_is_shown(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    page = page_of(write_run(dataset), dataset)
    assert "are of its 120 test images" in page.text
    assert "Test accuracy" in page.text


def test_the_question_is_asked_before_it_is_answered(hostile: Page) -> None:
    begin, end = hostile.text.index("Learning rate"), hostile.text.index("Test accuracy")
    assert 0 < hostile.text.index("Optimizer") < begin < hostile.text.index("Augmentation") < end


def test_pictures_have_the_names_of_their_files(write_run: Writer) -> None:
    plain = dataset_of(("a", "b"))
    reading = Reading(
        files={
            "training": tuple(f"train/{i}.png" for i in range(120)),
            "test": tuple(f"test/<b>{i}.png" for i in range(120)),
        }
    )
    run = write_run(plain, evaluated=False)
    page = page_of(run, replace(plain, reading=reading))
    files = json.loads(page.scripts["scored-data"])["album"]["file"]
    album = json.loads(page.scripts["scored-data"])["album"]
    held = part_rows(run.experiment, plain)[1]
    assert files == [f"train/{held[row]}.png" for row in album["index"]]
    assert f"{files[0]}" in page.text
    (run.folder / "evaluations.jsonl").write_text(
        json.dumps({"data": "own", "images": 120, "accuracy": 0.5, "loss": 1.0}) + "\n"
    )
    page = page_of(Run.open(run.folder), replace(plain, reading=reading))
    album = json.loads(page.scripts["scored-data"])["album"]
    assert album["file"] == [f"test/<b>{row}.png" for row in album["index"]]
    assert "b" not in page.tags


def test_files_of_a_validation_part_of_its_own_are_its_own(write_run: Writer) -> None:
    plain = dataset_of(("a", "b"))
    own = replace(plain, validation=plain.test, test=None)
    files = {
        "training": tuple(f"t/{i}" for i in range(120)),
        "validation": tuple(f"v/{i}" for i in range(120)),
    }
    run = write_run(own, evaluated=False)
    found = files_of(run, replace(own, reading=Reading(files=files)), "validation")
    assert found == files["validation"]


def test_what_cannot_be_computed_leaves_a_sentence(hostile: Page) -> None:
    assert "No cloud of features: " in hostile.text
    assert "weights.safetensors" in hostile.text
    assert "cloud-data" not in hostile.scripts


def test_averages_are_printed_with_their_definitions(hostile: Page) -> None:
    for definition in DEFINITIONS.values():
        assert definition in hostile.text


def test_groups_of_the_data_have_their_order_their_parts_and_their_mappings(
    write_run: Writer,
) -> None:
    names = ("<s>x</s>", "y")
    dataset = replace(dataset_of(tuple("abcd")), groups=(1, 0, 1, 0), group_names=names)
    run = write_run(dataset)
    looks = run.evaluations
    page = page_of(run, dataset)
    assert {"parts", "mapping"} < set(page.ids)
    matrix = json.loads(page.scripts["scored-data"])["matrix"]
    assert matrix["grouped"] == [1, 3, 0, 2]
    assert "By groups" in page.text
    assert "on 120 test images" in page.text
    assert all(f"{name}" in page.text for name in names)
    assert run.evaluations == looks
    validated = page_of(write_run_again(run), dataset)
    assert "on 30 validation images" in validated.text


def write_run_again(run: Run) -> Run:
    """The same run as if nobody had looked at the test set."""
    (run.folder / "evaluations.jsonl").unlink()
    return Run.open(run.folder)


def test_an_unfinished_run_shows_its_curves(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset, epochs=2)
    (run.folder / "result.json").unlink()
    (run.folder / "predictions.npz").unlink()
    page = page_of(run, dataset)
    assert "This run is not finished" in page.text
    assert "2 of 2 epochs are done" in page.text
    assert [each for each in page.ids if each in SECTIONS] == [
        "curves",
        "architecture",
        "experiment",
    ]


def test_a_run_that_diverged_says_why(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset)
    path = run.folder / "result.json"
    path.write_text(
        json.dumps(
            json.loads(path.read_text()) | {"status": "diverged", "reason": "the loss became nan"}
        )
    )
    with (run.folder / "metrics.jsonl").open("a") as file:
        file.write(
            '{"epoch": 4, "step": 40, "learning_rate": 0.1, "train_loss": NaN, "train_accuracy": 0.1, '
            '"validation_loss": null, "validation_accuracy": null}\n'
        )
    page = page_of(run, dataset)
    assert "This run diverged: the loss became nan." in page.text
    assert json.loads(page.scripts["curves-data"])["train_loss"][-1] is None


def test_a_run_of_no_epoch_yet_has_a_page(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    run = write_run(dataset, epochs=1)
    (run.folder / "metrics.jsonl").write_text("")
    (run.folder / "result.json").unlink()
    assert "No epoch has ended yet" in page_of(run, dataset).text


def test_features_have_no_pictures(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b", "c"), shape=(8,))
    page = page_of(write_run(dataset), dataset)
    assert not {"worst", "typical"} & set(page.ids)
    assert {"confusion", "groups", "calibration"} < set(page.ids)
    assert json.loads(page.scripts["scored-data"])["album"] is None


def test_outputs_that_are_no_class_are_no_guess(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    page = page_of(write_run(dataset, outputs=9), dataset)
    assert "output 8" not in page.text


def test_thousands_of_classes_still_make_a_page(write_run: Writer) -> None:
    dataset = dataset_of(tuple(f"class {i}" for i in range(3000)), n=3000, shape=(4, 4, 1))
    text = render(write_run(dataset), dataset)
    page = Page(text)
    assert len(text) < 8e6
    assert "Of 3,000 classes, the 160 with the most mistakes are drawn." in page.text
    assert "The 1,000 classes with the lowest F1, of 3,000." in page.text


def test_names_that_are_not_unicode_do_not_stop_the_page(write_run: Writer, tmp_path: Path) -> None:
    dataset = dataset_of(("caf\udce9", "tea"))
    write_page(write_run(dataset), tmp_path / "page.html", dataset)
    assert "caf?" in (tmp_path / "page.html").read_text("utf-8")


def test_other_data_are_refused(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    with pytest.raises(DataError, match=r"was trained on other data than the made <i>up</i> found"):
        render(run, dataset_of(("a", "b", "c")))


def test_a_page_that_cannot_be_written_is_told(write_run: Writer, tmp_path: Path) -> None:
    dataset = dataset_of(("a", "b"))
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        write_page(write_run(dataset), tmp_path / "file" / "page.html", dataset)


def test_a_run_that_was_really_trained_has_a_page(tmp_path: Path) -> None:
    dataset = read(Characters(), None)
    experiment = Experiment(
        data=Characters(), model=zoo.characters_cnn(47), epochs=1, subset=200, validation=0.02
    )
    (epoch,) = train(experiment, runs=tmp_path, dataset=dataset)
    said: list[str] = []
    page = Page(render(epoch.run, dataset, said.append))
    assert "validation images" in page.text
    assert "upper taken for lower case" in page.text
    assert "Asked one image" in page.text
    assert len(said) == 3
    cloud = json.loads(page.scripts["cloud-data"])
    assert set(cloud["labels"]) <= set(range(47))
    assert len(cloud["labels"]) == len(cloud["after"]["points"]) == 188
    assert epoch.run.evaluations == []
    accuracy = evaluate(epoch.run).accuracy
    page = page_of(Run.open(epoch.run.folder), dataset)
    assert f"{100 * accuracy:.1f}\xa0%" in page.text
    assert "1,880 test images" in page.text
