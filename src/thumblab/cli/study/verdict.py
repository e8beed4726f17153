"""``thumblab study verdict``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from thumblab.cli.options import Json
from thumblab.cli.output import answer as print_answer
from thumblab.cli.output import say, table
from thumblab.cli.study.options import StudyOptions

if TYPE_CHECKING:
    from thumblab.study import Answer


def verdict(file: Path, /, *, options: StudyOptions | None = None, json: Json = False) -> int:
    """Say in words that hold what a study has found.

    Example: `thumblab study verdict studies/demo.toml`

    Every printed verdict is noted: seeds that are added after one, without a declared look, make the next
    one void.

    Args:
        file: Study file.
        options: Which study, and where its runs lie.
        json: Print the result as JSON.
    """
    from thumblab.study import answer

    options = options or StudyOptions()
    study = options.read(file)
    say(f"judging and auditing {study.name}")
    found = answer(study, runs=options.folder, root=options.from_)
    print_answer(found.to_json(), to_text(found), as_json=json)
    return 0


def to_text(found: Answer) -> str:
    """The sentences, the numbers and the audit in short."""
    study = found.results.study
    lines = [study.title] if study.title else []
    lines += [*(each.sentence for each in found.verdict.comparisons), "", _arms(found)]
    if found.expectations:
        lines += ["", *(f"expected: {each.text}: {each.outcome}" for each in found.expectations)]
    lines += ["", _declared(found), _audit(found)]
    return "\n".join(lines)


def _arms(found: Answer) -> str:
    heads = (
        "arm",
        "mean",
        "sd",
        "seeds",
        "against",
        "these images",
        "images like these",
        "",
        "could be best",
    )
    rows = []
    for name, arm in found.verdict.arms.items():
        other = _points(arm.difference)
        rows.append(
            (
                name,
                "-" if arm.mean is None else f"{100 * arm.mean:.2f} %",
                "-" if arm.sd is None else f"{100 * arm.sd:.2f}",
                str(arm.seeds),
                other,
                _interval(arm.these_images),
                _interval(arm.images_like_these),
                arm.word or ("baseline" if name == found.verdict.baseline else "-"),
                "yes" if name in found.verdict.could_be_best else "no",
            )
        )
    return table(heads, rows)


def _points(difference: float | None) -> str:
    return "-" if difference is None else f"{100 * difference:+.2f}"


def _interval(ends: tuple[float, float] | None) -> str:
    return "-" if ends is None else f"{100 * ends[0]:+.2f} to {100 * ends[1]:+.2f}"


def _declared(found: Answer) -> str:
    """What was asked, when it was fixed, and what was changed since."""
    from thumblab.study.winners import search_rows

    question, lock = found.results.study.question, found.results.lock
    facts = (
        f"{question.metric.replace('_', ' ')} on {question.on} images",
        f"{found.results.seeds} seeds",
        f"locked on {lock.values['locked'][:10]}",
        f"level {found.verdict.level_here:.4g}",
    )
    searched = [f"{name}: {value}" for name, value in search_rows(found.results.study, lock)]
    deviations = [f"deviation: {each['what']} ({each['why']})" for each in lock.deviations]
    return "\n".join([", ".join(facts), *searched, *deviations])


def _audit(found: Answer) -> str:
    counts = [
        f"{sum(each.severity == severity for each in found.findings)} {severity}s"
        for severity in ("error", "warning", "note")
    ]
    shown = [each for each in found.findings if each.severity != "note"]
    lines = [f"audit: {', '.join(counts)}"]
    lines += [f"{each.severity} {each.code} ({each.subject}): {each.what}" for each in shown]
    lines += [f"set aside: {code} ({why})" for code, why in found.results.study.ignore]
    return "\n".join(lines)
