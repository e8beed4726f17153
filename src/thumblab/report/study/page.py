"""The page of a study: one HTML file that loads nothing, for screens of any width and for paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from markupsafe import Markup

from thumblab.audit import Finding, Severity
from thumblab.audit.finding import SEVERITIES
from thumblab.report.embed import environment
from thumblab.report.study.arms_table import arm_rows, heads
from thumblab.report.study.by_class import by_class
from thumblab.report.study.flips import flips
from thumblab.report.study.forest import forest
from thumblab.report.study.marks import key
from thumblab.report.study.scatter import Point, scatter
from thumblab.report.study.shown import StudyPage
from thumblab.report.study.small_confusion import changed, small_confusion
from thumblab.report.study.small_curves import small_curves
from thumblab.report.study.words import Language, Words
from thumblab.storage.delivery import deliver
from thumblab.verdict import Comparison, Verdict

OPEN = 6
"""So many sentences stand at the top; of more, those that are not resolved are folded."""


def study_page(what: StudyPage, *, language: Language = "en") -> str:
    """The page as text.

    Args:
        what: All that it shows.
        language: Of its own words; names, and what an audit found, stay as they are.

    >>> from thumblab.report.study import StudyArm, StudyPage
    >>> page = study_page(StudyPage("Wide or deep?", (StudyArm("wide"), StudyArm("deep"))))
    >>> "<h1>Wide or deep?</h1>" in page
    True
    """
    say = Words(language)
    return (
        environment()
        .get_template("study/page.html")
        .render(
            what=what,
            say=say,
            language=language,
            sentences=_sentences(what.verdict, say),
            forest=forest(what.verdict, say) if what.verdict else None,
            key=key,
            audit=_audit(what),
            heads=heads(what, say),
            rows=arm_rows(what, say),
            accuracy=small_curves(what.arms, what.baseline, "accuracy", factor=100.0),
            loss=small_curves(what.arms, what.baseline, "loss"),
            flips=flips(what),
            by_class=by_class(what, say),
            confusions=_confusions(what),
            changed=changed(what),
            costs=_costs(what, say),
        )
    )


def write_study_page(what: StudyPage, path: Path | str, *, language: Language = "en") -> int:
    """Writes the page to a file.

    Args:
        what: All that it shows.
        path: The file; replaced whole or not at all.
        language: Of its own words.

    Returns:
        How many bytes it has.

    Raises:
        WriteError: If the file cannot be written.
    """
    content = study_page(what, language=language).encode("utf-8", "replace")
    deliver(Path(path), content, name="page")
    return len(content)


def _sentences(verdict: Verdict | None, say: Words) -> dict[str, Any]:
    """What the verdict says, and what of it is folded; a void one with its sentence struck through."""
    found = verdict.comparisons if verdict else ()
    folded = [each for each in found if each.word == "not resolved"]
    if len(found) <= OPEN or len(folded) < 2:
        folded = []
    shown = [each for each in found if each not in folded]
    return {
        "shown": [_sentence(each, say) for each in shown],
        "folded": [_sentence(each, say) for each in folded],
    }


def _sentence(found: Comparison, say: Words) -> dict[str, Any]:
    spoken = replace(found, reason="") if found.reason else found
    return {"key": key(found.word), "text": say.sentence(spoken), "void": found.reason}


def _audit(what: StudyPage) -> dict[str, Any] | None:
    if what.findings is None:
        return None
    names: dict[Severity, str] = {"error": "errors", "warning": "warnings", "note": "notes"}
    by: list[tuple[str, str, list[Finding]]] = []
    for severity in SEVERITIES:
        own = [each for each in what.findings if each.severity == severity]
        by.append((severity, names[severity], own))
    spoke = len({each.code for each in what.findings})
    return {"kinds": by, "rules": what.rules, "silent": what.rules - spoke}


def _confusions(what: StudyPage) -> list[tuple[str, Markup]]:
    return [
        (arm.name, small_confusion(arm.confusion, arm.name))
        for arm in what.arms
        if arm.confusion is not None and arm.confusion.any()
    ]


def _costs(what: StudyPage, say: Words) -> list[Markup]:
    """A drawing for each cost in which arms differ."""
    best = set(what.verdict.could_be_best) if what.verdict else set()
    spent: dict[str, dict[str, float | None]] = {
        "cost_parameters": {arm.name: arm.parameters for arm in what.arms},
        "cost_flops": {arm.name: arm.flops and arm.flops / 1e6 for arm in what.arms},
        "cost_seconds": {
            arm.name: median(arm.seconds) if arm.seconds else None for arm in what.arms
        },
    }
    drawn = []
    for title, costs in spent.items():
        points = [
            Point(
                arm.name,
                float(cost),
                100 * fmean(arm.accuracies),
                100 * stdev(arm.accuracies) if len(arm.accuracies) > 1 else 0.0,
                arm.name in best,
            )
            for arm in what.arms
            if (cost := costs[arm.name]) and arm.accuracies and not arm.diverged
        ]
        if len({point.cost for point in points}) > 1:
            drawn.append(scatter(points, say(title), say("accuracy")))
    return drawn
