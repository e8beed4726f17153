import re
from dataclasses import replace

import pytest

from tests.report.study import made_up
from tests.report.test_page import LOADS, Page
from thumblab.core.errors import WriteError
from thumblab.report.study import StudyArm, StudyPage, study_page, write_study_page

SECTIONS = [
    "forest",
    "audit",
    "declared",
    "arms",
    "curves",
    "flips",
    "by-class",
    "confusion",
    "cost",
    "environment",
]


@pytest.fixture(scope="module")
def small():
    return made_up.study(arms=4, images=400, classes=5)


@pytest.fixture(scope="module")
def page(small):
    return Page(study_page(small))


def test_sections_come_in_order_and_every_element_closes(page):
    assert page.open == []
    assert [each for each in page.ids if each in SECTIONS] == SECTIONS
    assert len(page.ids) == len(set(page.ids))
    assert sorted(link for link in page.links if link != "data:,") == sorted(
        f"#{s}" for s in SECTIONS
    )


def test_nothing_is_loaded_and_names_are_text(page):
    assert not LOADS.search(page.style)
    assert not LOADS.search(page.scripts["code"])
    assert page.handlers == []
    assert "dropout" not in page.tags
    assert "b" not in page.tags
    assert "What does <dropout> do" in page.text
    assert "turns at epoch 7 <b>of 8</b>" in page.text


def test_the_sentence_comes_first_then_the_plot_then_the_audit(page, small):
    first = small.verdict.comparisons[0].sentence
    places = [
        page.text.index(each) for each in (first, "Differences from plain", "52 rules, 49 silent")
    ]
    assert places == sorted(places)
    assert "All scores are of 400 validation images." in page.text


def test_errors_are_open_and_the_rest_is_folded(small):
    text = study_page(small)
    folds = re.findall(r'<details class="findings"( open)?>\s*<summary>(\w+)', text)
    assert folds == [(" open", "Errors"), ("", "Warnings"), ("", "Notes")]


def test_a_void_verdict_is_struck_through_not_hidden(small):
    found = small.verdict.comparisons[0]
    void = replace(small, verdict=small.verdict.voided({found.arm: "T02: <seeds> dropped"}))
    text = study_page(void)
    struck = re.findall(r"<s>(.*?)</s>", text)
    assert any("better than plain" in each or "resolved against plain" in each for each in struck)
    assert "void: T02: &lt;seeds&gt; dropped" in text
    assert "<s>" not in study_page(small)


def test_many_sentences_that_resolve_nothing_are_folded():
    text = study_page(made_up.study(arms=17, images=200, classes=4, pictures=False))
    assert re.search(r"The \d+ comparisons that are not resolved", text)


def test_what_was_not_declared_is_told(small):
    text = Page(
        study_page(replace(small, is_declared=False, locked="", deviations=(), looks=()))
    ).text
    assert "was not declared before the runs were made" in text
    assert "Nothing was locked before the runs." in text
    assert "was not declared" not in Page(study_page(small)).text


def test_deviations_looks_and_commands_are_shown(page):
    for told in ("base.epochs: 8 -> 12", "curves still rose", "a verdict on 3 seeds",
                 "thumblab study run studies/dropout.toml", "Python 3.11, NumPy 2.4"):  # fmt: skip
        assert told in page.text


def test_korean_says_the_same(small):
    page = Page(study_page(small, language="ko"))
    assert [each for each in page.ids if each in SECTIONS] == SECTIONS
    for told in ("신뢰 구간", "혼동 행렬", "규칙 52개 중 49개", "plain 대비 차이"):
        assert told in page.text
    assert "Differences from" not in page.text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_least_there_can_be_is_a_page(language):
    one = Page(study_page(StudyPage("a", (StudyArm("x"),)), language=language))
    assert [each for each in one.ids if each in SECTIONS] == [
        "audit",
        "declared",
        "arms",
        "environment",
    ]
    Page(study_page(made_up.without_verdict(made_up.study(arms=1, images=50)), language=language))


def test_the_same_study_is_the_same_page_and_not_a_large_one(small, tmp_path):
    large = made_up.study()
    written = write_study_page(large, tmp_path / "page.html")
    assert written == (tmp_path / "page.html").stat().st_size < 1.5e6
    assert study_page(small) == study_page(small)


def test_a_page_that_cannot_be_written_is_told(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        write_study_page(small, tmp_path / "file" / "page.html")
