import json
from pathlib import Path

import pytest

from tests.audit.made import Shelf
from thumblab.audit import RULES


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("audited"))


def test_a_run_is_audited_with_the_data_that_its_folder_names(cli, trained):
    ended = cli("audit", trained)
    assert ended.code == 0
    assert ended.out.rstrip().endswith("silent")
    assert ended.out.rpartition("\n52 rules, ")[2] or ended.out.startswith("52 rules, ")


def test_errors_come_first_and_are_an_exit_code_if_wanted(cli, shelf):
    runs = [shelf.trained().folder, shelf.trained(batch=16).folder]
    ended = cli("audit", *runs)
    assert ended.code == 0
    assert ended.out.startswith("error S04  batch=")
    assert ended.out.index("error S04") < ended.out.index("warning C06")
    needed = sum(rule.needs_data for rule in RULES)
    assert f"{needed} not asked" in ended.out.splitlines()[-1]
    assert "rules that need the data are not asked" in ended.err
    assert cli("audit", *runs, "--strict").code == 1
    assert cli("audit", runs[0], "--strict").code == 0


def test_scripts_get_a_list(cli, shelf):
    ended = cli("audit", shelf.trained().folder, shelf.trained(batch=16).folder, "--json")
    found = json.loads(ended.out)
    assert {each["code"] for each in found} >= {"S04", "C06"}
    for each in found:
        assert list(each) == ["code", "severity", "what", "evidence", "why", "remedy", "subject"]


def test_the_reference_may_be_named(cli, shelf):
    runs = [shelf.trained().folder, shelf.trained(batch=16).folder]
    (noise,) = (
        each
        for each in json.loads(cli("audit", *runs, "--against", "batch=16", "--json").out)
        if each["code"] == "C06"
    )
    assert noise["subject"] == "batch=32 against batch=16"


def test_a_rule_explains_itself(cli):
    ended = cli("audit", "--explain", "d01")
    assert ended.out.startswith("D01 (error or warning): Training images in the test part")
    assert "what to do:" in ended.out
    assert json.loads(cli("audit", "--explain", "D01", "--json").out)["source"].startswith("Report")
    assert cli("audit", "--explain", "D99").code == 2


def test_data_that_were_named_and_are_not_there_are_an_error(cli, shelf):
    ended = cli("audit", shelf.trained().folder, "--from", Path("nowhere"))
    assert ended.code == 3
    assert cli("audit").code == 2
