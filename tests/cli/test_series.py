"""``benchmarks/cross_table.py``, ``imbalance.py`` and ``separation.py``: each from end to end in seconds."""

import gzip
import importlib
import json

import numpy as np
import pytest

from tests.cli.conftest import ROOT
from tests.data.conftest import idx_bytes

MERGED = "059AMZa"  # ByMerge's and Balanced's names; m and z share a class with M and Z
CLASSES = "059AMZamz"


@pytest.fixture(scope="module")
def command():
    """Imports a script of benchmarks/ by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path):
    return json.loads(path.read_text())


def run(script, capsys, *arguments):
    """What the script prints."""
    assert script.main([*map(str, arguments), "--workers", "1"]) == 0
    return json.loads(capsys.readouterr().out)


# ----- The 3x3 table -----


def glyphs(labels, seed):
    """Squares whose place is the class, in noise."""
    images = np.random.default_rng(seed).integers(0, 60, (len(labels), 28, 28))
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 6, 8:20] += 180
    return images


def shelve_emnist(folder, split, names, seen):
    """EMNIST's files of a split; ``seen`` of its test images are ByClass's training images."""
    merged = split != "byclass"
    labels = np.tile(np.arange(len(CLASSES)), 8)
    train, test = glyphs(labels, hash_of(split)), glyphs(labels, 0)
    if seen:
        test[:seen] = glyphs(labels, hash_of("byclass"))[:seen]
    own = np.array([names.index(c) if c in names else names.index(c.upper()) for c in CLASSES])
    files = {
        "train-images-idx3-ubyte": idx_bytes(train.transpose(0, 2, 1)),
        "train-labels-idx1-ubyte": idx_bytes(own[labels]),
        "test-images-idx3-ubyte": idx_bytes(test.transpose(0, 2, 1)),
        "test-labels-idx1-ubyte": idx_bytes(own[labels]),
    }
    for name, content in files.items():
        (folder / f"emnist-{split}-{name}.gz").write_bytes(gzip.compress(content, 1))
    lines = [
        f"{place} {ord(c)}" + (f" {ord(c.lower())}" if merged and c in "MZ" else "")
        for place, c in enumerate(names)
    ]
    (folder / f"emnist-{split}-mapping.txt").write_text("\n".join(lines))


def hash_of(split):
    return 1 + ("byclass", "bymerge", "balanced").index(split)


def test_the_table_crosses_three_splits_and_finds_what_was_trained_on(command, folder, capsys):
    (folder / "emnist").mkdir()
    shelve_emnist(folder / "emnist", "byclass", CLASSES, 0)
    shelve_emnist(folder / "emnist", "bymerge", MERGED, 18)
    shelve_emnist(folder / "emnist", "balanced", MERGED, 0)
    (folder / "tiny.toml").write_text(
        'data = "emnist"\nmodel = "stacked_cnn:widths=4-4,dense=0"\nepochs = 1\nbatch = 16\n'
    )
    script = command("cross_table")
    asked = ("--recipe", "tiny.toml", "--seeds", 2, "--from", folder, "--results", "results")
    found = run(script, capsys, *asked)

    with pytest.raises(SystemExit) as refused:
        script.main(["--recipe", "tiny.toml"])
    assert refused.value.code == 2
    assert "holds the table of emnist-cross; name another with --results" in capsys.readouterr().err

    rows = {(row["trained_on"][7:], row["tested_on"][7:]): row for row in found["cells"]}
    assert len(rows) == 9
    assert {row["runs"] for row in rows.values()} == {2}
    assert rows["byclass", "byclass"]["classes"] == 9
    assert rows["byclass", "balanced"]["classes"] == rows["balanced", "byclass"]["classes"] == 7
    trained_on = {pair: row["seen"] for pair, row in rows.items() if row["seen"]}
    assert list(trained_on) == [("byclass", "bymerge")]
    assert 0.15 < trained_on["byclass", "bymerge"] <= 18 / 72  # some of them are for validation
    assert found["test_images_in_common"]["byclass"]["balanced"] == 72
    assert found["test_images_in_common"]["byclass"]["bymerge"] == 54
    one = read(folder / "results" / "byclass-seed-1.json")
    assert (one["seed"], one["status"], len(one["cells"])) == (1, "done", 3)
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in rows.values())
    assert str(folder) not in (folder / "results" / "byclass-seed-1.json").read_text()

    looks = [path.read_text() for path in sorted(folder.glob("runs/*/evaluations.jsonl"))]
    assert len(looks) == 6
    assert run(script, capsys, *asked) == found
    assert looks == [p.read_text() for p in sorted(folder.glob("runs/*/evaluations.jsonl"))]


# ----- Rare classes -----

UNEVEN = """
data = "characters"
model = "stacked_cnn:widths=4-4,dense=0"
subset = 200
epochs = 1
batch = 64
optimizer = "adam"
"""


def test_every_arm_has_a_rate_from_validation_and_a_verdict(command, folder, capsys, monkeypatch):
    (folder / "tiny.toml").write_text(UNEVEN)
    script = command("imbalance")
    monkeypatch.setattr(script, "RATES", (1e-3, 1e-2))
    monkeypatch.setattr(script, "GAMMAS", (1.0,))
    asked = ("--recipe", "tiny.toml", "--seeds", 2, "--results", "results")
    found = run(script, capsys, *asked)

    assert len(found["test"]) == len(found["validation"]) == 7
    assert found["alpha"]["same_weights"]
    learning_rates = read(folder / "results" / "rates.json")
    for arm, told in found["test"].items():
        scores = learning_rates[arm]["macro_f1"]
        assert f"{found['rates'][arm]:g}" == max(scores, key=scores.get)
        for score in ("accuracy", "macro_f1", "rare_recall"):
            assert told[score]["runs"] == 2
            tested = score == "macro_f1" and arm != script.PLAIN
            assert bool(told[score].get("verdict")) == tested
            assert (told[score]["difference"] is None) == (arm == script.PLAIN)
    assert len({lr for arm, lr in found["rates"].items() if "gamma" in arm}) == 1
    runs = read(folder / "results" / "runs.json")
    assert len(runs) == 14
    assert found["test"]["balanced sampling"]["accuracy"]["mean"] == pytest.approx(
        np.mean(
            [
                each["scores"]["test"]["accuracy"]
                for each in runs
                if each["arm"] == "balanced sampling"
            ]
        )
    )

    stored = command("hits").load(folder / "results" / "hits-test.npz")
    assert list(stored) == list(found["test"])
    for arm, right in stored.items():
        assert right.shape == (2, 1880)
        assert right.mean() == pytest.approx(found["test"][arm]["accuracy"]["mean"])
    looked = sorted(folder.glob("runs/*/evaluations.jsonl"))
    assert len(looked) == 14  # the runs that only served to choose a rate have never been tested
    before = [path.read_text() for path in looked]
    assert run(script, capsys, *asked) == found
    assert [path.read_text() for path in looked] == before


def test_with_plain_descent_alpha_is_another_rate(command, folder):
    """SGD with a quarter of the loss is SGD at a quarter of the rate, bit for bit."""
    from thumblab import Experiment, data, train, zoo
    from thumblab.losses import Focal
    from thumblab.optim import SGD

    ended = []
    for alpha, lr in ((0.25, 0.4), (1.0, 0.1)):
        made = Experiment(
            data.Characters(),
            zoo.stacked_cnn(47, widths=(4, 4), dense=0),
            optimizer=SGD(learning_rate=lr),
            loss=Focal(gamma=0.75, alpha=alpha),
            subset=200,
            epochs=1,
        )
        for epoch in train(made, runs="runs"):
            last = epoch
        ended.append(last.run.result["weights_sha256"])
    assert ended[0] == ended[1]


# ----- Features with and without a skip connection -----


def cifar(seed, columns):
    """A tiny file in the binary format: a patch of color says the class."""
    labels = np.arange(30) % 10
    pixels = np.random.default_rng(seed).integers(0, 80, (30, 3, 32, 32))
    for image, label in zip(pixels, labels, strict=True):
        image[label % 3, 3 * label : 3 * label + 4] += 150
    heads = np.repeat(labels[:, None], columns, 1)
    return np.concatenate([heads, pixels.reshape(30, -1)], 1).astype(np.uint8).tobytes()


PRETRAINING = """
data = "cifar100"
model = "alexnet:size=63,widths=8-8-8-8-8,dense=16"
optimizer = "adam"
epochs = 1
batch = 16
"""
TRANSFER = """
data = "cifar10"
model = "alexnet_regressor:size=63,widths=8-8-8-8-8,hidden=16-16"
optimizer = "adam:lr=0.001"
epochs = 2
batch = 16
validation = 0.3
"""


def test_features_are_told_apart_before_and_after_with_and_without(command, folder, capsys):
    hundred, ten = folder / "cifar-100-binary", folder / "cifar-10-batches-bin"
    hundred.mkdir()
    ten.mkdir()
    for name in ("train.bin", "test.bin"):
        (hundred / name).write_bytes(cifar(0, 2))
    for name, count in (("fine", 100), ("coarse", 20)):
        names = "\n".join(f"{name}{i}" for i in range(count))
        (hundred / f"{name}_label_names.txt").write_text(names)
    for number in range(1, 6):
        (ten / f"data_batch_{number}.bin").write_bytes(cifar(number, 1))
    (ten / "test_batch.bin").write_bytes(cifar(9, 1))
    (ten / "batches.meta.txt").write_text("\n".join(f"<class{i}>" for i in range(10)))
    (folder / "first.toml").write_text(PRETRAINING)
    (folder / "second.toml").write_text(TRANSFER)
    script = command("separation")
    asked = ("--recipes", "first.toml", "second.toml", "--seeds", 2, "--from", folder,
             "--results", "results", "--figure", "docs/separation.svg", "--images", 40)  # fmt: skip
    found = run(script, capsys, *asked)

    for measure, told in found["layers"]["map"].items():
        for frozen in ("without skip", "skip as published"):
            assert told["before"][frozen] == told["after"][frozen], measure
        assert told["before"]["skip as meant"] != told["after"]["skip as meant"]
        pretrained = told["after"][script.PRETRAINING]["mean"]
        assert pretrained == pytest.approx(told["before"]["without skip"]["mean"], rel=0.05)
    last = found["layers"]["last"]["between_to_within"]
    assert last["before"] != last["after"]
    assert set(last["against_without"]) == set(script.SKIPS)
    assert set(found["test_accuracy"]["arms"]) == set(script.ARMS)
    one = read(folder / "results" / "skip-as-meant-seed-1.json")
    assert [(each["layer"], each["trained"]) for each in one["separation"]] == [
        ("map", False), ("map", True), ("last", False), ("last", True)
    ]  # fmt: skip
    assert len(one["separation"][3]["explained"]) == 10
    assert one["test_evaluation"] >= 1

    drawn = (folder / "docs" / "separation.svg").read_text()
    assert drawn.count('class="panel"') == 9
    assert "&lt;class3&gt;" in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert run(script, capsys, *asked) == found


# ----- Verdicts -----


def test_a_verdict_needs_more_than_luck(command):
    paired = command("paired").paired
    sure, unsure = [0.90, 0.91, 0.92, 0.91], [0.80, 0.90, 0.70, 0.99]
    first = [0.80, 0.81, 0.82, 0.812]
    found = paired({"sure": (sure, first), "worse": (first, sure), "unsure": (unsure, first)})
    assert [found[key]["verdict"] for key in ("sure", "worse", "unsure")] == [
        "better", "worse", "not resolved"
    ]  # fmt: skip
    assert found["unsure"]["adjusted"] >= found["unsure"]["p_value"]
    assert paired({"one": ([0.9], [0.8])})["one"] == {"verdict": "not resolved"}
    assert paired({"same": (first, first)})["same"]["verdict"] == "not resolved"
    ties = paired({"two": ([0.9, 0.9], [0.8, 0.8]), "three": ([0.9] * 3, [0.8] * 3)})
    assert {each["verdict"] for each in ties.values()} == {"not resolved"}
