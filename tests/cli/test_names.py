import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.cli.conftest import SMALL


def test_a_run_is_named_noted_and_called_so(cli):
    train = ("train", *SMALL, "--epochs", "1")
    first = cli(*train, "--name", "baseline", "--note", "as it was", "--json").json["run"]
    second = cli(*train, "--seed", "1", "--json").json["run"]
    one, two = cli("runs", "--json").json
    assert (one["name"], one["note"], two["name"]) == ("baseline", "as it was", "")
    told = cli("runs").out.splitlines()
    assert told[0].split()[:2] == ["run", "name"]
    assert told[0].split()[-1] == "note"
    assert "baseline" in told[1]

    called = ("baseline", "@last", Path(second).name[:6])
    assert [Path(cli("report", each, "--json").json["run"]) for each in called] == [
        Path(first),
        Path(second),
        Path(second),
    ]
    assert cli("evaluate", "baseline", "--json").code == 0
    assert cli("compare", "baseline", "@last").code == 0
    assert cli("doctor", "baseline").code == 0
    assert cli("convert", "baseline", "-o", "w.safetensors").code == 0
    assert f"@last is {second}" in cli("evaluate", "@last", "-v").err

    assert cli(*train, "--name", "plain").code == 0  # done already: called otherwise from now on
    assert cli("runs", "--json").json[0]["name"] == "plain"
    assert json.loads(Path(first, "experiment.json").read_text())["key"].startswith(
        Path(first).name
    )


def test_an_experiment_may_start_from_a_run_by_its_name(cli):
    train = ("train", *SMALL, "--epochs", "1", "--json")
    first = cli(*train, "--name", "first").json["run"]
    keys = []
    for named in ("first", "@last", first):
        again = cli(*train, "--init-from", f"pretrained:path={named}", "--runs", "again")
        keys.append(again.json["run"])
    assert len(set(keys)) == 1
    stored = json.loads(Path(keys[0], "experiment.json").read_text())
    assert stored["experiment"]["init_from"][0]["path"] == first
    ended = cli(*train, "--init-from", "pretrained:path=none_such")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "--init-from: none_such is neither a run folder nor a file of weights" in ended.err


def test_the_reference_of_a_comparison_may_be_named_as_a_run(cli):
    train = ("train", *SMALL, "--epochs", "1", "--json")
    runs = [cli(*train, "--batch", batch, "--name", f"of{batch}").json["run"] for batch in (32, 64)]
    for named, batch in (("of32", 32), ("@last", 64), (Path(runs[1]).name[:6], 64), ("64", 64)):
        found = cli("compare", *runs, "--against", named, "--json").json
        assert found["reference"] == f"batch={batch}", named
    assert "is none of the arms" in cli("compare", *runs, "--against", "nothing").err
    assert cli("audit", *runs, "--against", "of32").code == 0
    assert "is none of the arms" in cli("audit", *runs, "--against", "nothing").err
    assert cli("report", *runs, "--against", "of32", "-o", "page.html").code == 0
    assert "is none of the arms" in cli("report", *runs, "--against", "x", "-o", "page.html").err


def test_a_wrong_name_is_told_before_training(cli):
    ended = cli("train", *SMALL, "--name", "a/b")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "'a/b' is no name for a run" in ended.err
    assert not Path("runs").exists()
    assert "there is no run in runs" in cli("evaluate", "@last").err


def test_data_of_a_run_may_be_named_again(cli, trained):
    _pictures(Path("pets"), ("cat", "dog"))
    for verb in ("report", "compare", "embed", "map"):
        out = {"report": ("-o", "page.html"), "map": ("--groups", "digit_or_letter")}.get(verb, ())
        assert cli(verb, trained, *out, "--data", "characters").code == 0
        ended = cli(verb, trained, *out, "--data", "characters:fit=x")
        assert ended.code == 2
        other = cli(verb, trained, *out, "--data", "./pets", "--json")
        assert (other.code, other.out) == (3, ""), verb
        assert "was trained on" in other.lines[-1], verb


def _pictures(folder, classes):
    generator = np.random.default_rng(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(8):
            pixels = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
