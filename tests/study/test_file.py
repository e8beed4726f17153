from pathlib import Path
from typing import Any

import pytest

from tests.study.small import FILE, written
from thumblab.core.errors import UsageError
from thumblab.study import read_study
from thumblab.study.search import Choices, Range
from thumblab.zoo import mlp

STUDIES = Path(__file__).parents[2] / "studies"


def test_a_file_says_all_of_a_study(tmp_path: Path) -> None:
    found = read_study(written(tmp_path))
    assert (found.name, found.title) == ("small", "Is it better wide?")
    assert found.arm("plain").experiment.model == mlp(47, hidden=(8,))
    assert found.arm("wide").experiment.model == mlp(47, hidden=(16,))
    assert found.arm("wide").edits == (("model.hidden", "16"),)
    assert (found.seeds.count, found.question.matters, found.base.subset) == (2, 5, 120)


def test_edits_are_options_on_top_of_the_base(tmp_path: Path) -> None:
    arms = """
[arms]
plain = {}
decay = { "optimizer.weight_decay" = 0 }
both = { "optimizer.weight_decay" = 0, "optimizer.momentum" = 0.8 }
warm = { "schedule.warmup" = 0.5 }
adam = { optimizer = "adam" }
swapped = { swap = "ReLU -> GELU", epochs = 2 }
"""
    text = FILE.replace("[arms]\nplain = {}", arms.strip()).replace("wide =", "wide =")
    found = read_study(written(tmp_path, text))
    optimizers: dict[str, Any] = {arm.name: arm.experiment.optimizer for arm in found.each}
    assert optimizers["decay"].weight_decay == 0
    assert optimizers["both"].momentum == 0.8
    assert optimizers["warm"].learning_rate.warmup == 0.5
    assert type(found.arm("adam").experiment.optimizer).__name__ == "Adam"
    assert "GELU" in str(found.arm("swapped").experiment.model)
    assert found.arm("swapped").experiment.epochs == 2


def test_axes_make_an_arm_of_every_combination(tmp_path: Path) -> None:
    axes = '[axes]\n"model.hidden" = [8, 16]\n"loss.smoothing" = [0, 0.1]\n'
    text = FILE.replace('[arms]\nplain = {}\nwide = { "model.hidden" = 16 }\n', axes)
    found = read_study(written(tmp_path, text))
    assert [arm.name for arm in found.each] == [
        "hidden=8, smoothing=0",
        "hidden=8, smoothing=0.1",
        "hidden=16, smoothing=0",
        "hidden=16, smoothing=0.1",
    ]
    assert found.factors == (("model.hidden", ("8", "16")), ("loss.smoothing", ("0", "0.1")))
    assert found.each[3].levels == ("16", "0.1")
    assert found.question.against == "factors"


def test_a_profile_changes_the_base_and_is_a_study_of_its_own(tmp_path: Path) -> None:
    text = FILE + "\n[profile.quick]\nsubset = 60\nseeds.count = 3\n"
    plain, quick = (read_study(written(tmp_path, text), profile=p) for p in (None, "quick"))
    assert (plain.base.subset, plain.seeds.count, plain.name) == (120, 2, "small")
    assert (quick.base.subset, quick.seeds.count, quick.name) == (60, 3, "small-quick")
    with pytest.raises(UsageError, match="did you mean 'quick'"):
        read_study(written(tmp_path, text), profile="quikc")


def test_the_base_may_be_a_recipe(tmp_path: Path) -> None:
    text = FILE.replace('data = "characters"', 'recipe = "characters"').replace(
        "epochs = 1", "epochs = 3"
    )
    found = read_study(written(tmp_path, text))
    assert found.base.epochs == 3
    assert str(found.base.augment) != "()"


def test_a_search_is_read(tmp_path: Path) -> None:
    text = (
        FILE
        + """
[search]
space = { "schedule.max_lr" = "0.02..0.5 log", optimizer = ["sgd", "adam"] }
trials = 5
"""
    )
    search = read_study(written(tmp_path, text)).search
    assert search is not None
    assert search.trials == 5
    assert dict(search.space) == {
        "schedule.max_lr": Range(0.02, 0.5, log=True),
        "optimizer": Choices(("sgd", "adam")),
    }


def test_looks_may_be_any_or_a_list(tmp_path: Path) -> None:
    any_, listed = (
        read_study(written(tmp_path, FILE.replace("count = 2", f"count = 5\nlooks = {looks}")))
        for looks in ('"any"', "[3, 5]")
    )
    assert (any_.seeds.looks, listed.seeds.looks) == ("any", (3, 5))


def test_everything_that_is_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    text = (
        FILE.replace("epochs = 1", 'epochs = "one"')
        .replace("count = 2", "cuont = 2")
        .replace("matters = 5", 'matters = 5\nmetric = "acuracy"')
    )
    with pytest.raises(UsageError) as caught:
        read_study(written(tmp_path, text))
    lines = [line.partition("small.toml")[2] for line in str(caught.value).splitlines()]
    assert [line.split(" ")[0] for line in lines] == [":9:", ":15:", ":20:"]
    assert "did you mean 'count'" in lines[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 9", "9 is not 1"),
        ("title", "titel", "did you mean 'title'"),
        (
            '"model.hidden" = 16',
            '"model.hiden" = 16',
            ":13: arms.wide.model: .*did you mean 'hidden'",
        ),
        ('"model.hidden" = 16', "epochs = 1", ":13: arms.wide: epochs = 1 changes nothing"),
        ('"model.hidden" = 16', "epohcs = 1", "did you mean 'epochs'"),
        ('"model.hidden" = 16', '"tta.each" = 1', "the base has no tta with arguments"),
        ('"model.hidden" = 16', '"model.hidden" = 8', "changes nothing"),
        ("plain = {}", "plain = {}\nagain = { 'model.hidden' = 16 }", "are the same experiment"),
        ("[arms]", "[axes]\nepochs = [1, 2]\n[arms]", "either"),
        ("[base]", "[bsae]", "unknown key 'bsae'"),
    ],
)
def test_what_is_no_study_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read_study(written(tmp_path, FILE.replace(old, new)))


def test_the_guide_shows_a_study_that_can_be_read(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "studies.md").read_text()
    shown = guide.split("```toml\n")[1].split("```")[0]
    found = read_study(written(tmp_path, shown))
    assert [arm.name for arm in found.each] == ["plain", "after", "before", "gelu"]
    axes = shown[: shown.index("[arms]")] + guide.split("```toml\n")[2].split("```")[0]
    assert len(read_study(written(tmp_path, axes)).each) == 4


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_studies_of_the_project_can_be_read(path: Path) -> None:
    found = read_study(path)
    assert found.title.endswith("?")
    assert read_study(path, profile="quick").seeds.count >= 3
