import json
from pathlib import Path

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


def test_a_wrong_name_is_told_before_training(cli):
    ended = cli("train", *SMALL, "--name", "a/b")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "'a/b' is no name for a run" in ended.err
    assert not Path("runs").exists()
    assert "there is no run in runs" in cli("evaluate", "@last").err


def test_data_of_a_run_may_be_named_again(cli, trained):
    for verb in ("report", "compare", "embed"):
        out = ("-o", "page.html") if verb == "report" else ()
        assert cli(verb, trained, *out, "--data", "characters").code == 0
        ended = cli(verb, trained, *out, "--data", "characters:fit=x")
        assert ended.code == 2
