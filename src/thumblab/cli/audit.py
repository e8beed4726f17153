"""``thumblab audit``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.cli.audited import exit_code, progress, to_text
from thumblab.cli.completion import RunPath
from thumblab.cli.options import Against, Data, From, Json, Trust, open_run, read_data_of, reference
from thumblab.cli.output import answer
from thumblab.cli.study.audit import audit as audit_study
from thumblab.cli.study.options import StudyOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thumblab.audit import Rule, Subject
    from thumblab.data import Dataset
    from thumblab.runs import Run

Code = Annotated[str | None, Parameter()]


def audit(
    run: RunPath | None = None,
    /,
    *more: RunPath,
    strict: bool = False,
    explain: Code = None,
    against: Against = None,
    control: bool = False,
    data: Data = None,
    from_: From = None,
    trust: Trust = False,
    json: Json = False,
) -> int:
    """Look for what is wrong with runs, their data and their comparison, by 52 rules.

    Runs that differ in their seed alone are one arm. Errors make a conclusion from these runs void, warnings
    say that it may mislead. Nothing is changed, and no test image is scored.

    Example: `thumblab audit runs/*`

    Example: `thumblab audit --explain D01`

    Args:
        run: Run folder, run name, a unique beginning of either, or @last; or a study file.
        more: More runs, audited as a comparison.
        strict: Exit with code 1 if there are errors.
        explain: Code of a rule to explain: what it looks for, why it matters and what to do.
        against: The arm that the others are compared with, by its name or one of its runs.
        control: Train each arm for an epoch on shuffled labels, which no honest network can learn.
        data: Where the data set of the runs is now, if it has been moved or renamed.
        from_: Folder or archive that holds the data files.
        trust: Allow executing the custom code that is stored with the run; this is remembered.
        json: Print the findings as a JSON list.
    """
    from thumblab.audit import asked, rule_named
    from thumblab.audit import audit as audited
    from thumblab.core.errors import UsageError

    if explain is not None:
        return _explain(rule_named(explain), json)
    if run is None:
        raise UsageError("there is nothing to audit; name a run folder, or explain a rule")
    if run.suffix == ".toml":
        return audit_study(run, options=StudyOptions(from_=from_), strict=strict, json=json)
    opened = [open_run(each, trust=trust) for each in (run, *more)]
    subject = _subject(opened, reference(against, opened), _reader(from_, data), control)
    found = audited(subject, tell=progress())
    answer([each.to_json() for each in found], to_text(found, asked(subject)), as_json=json)
    return exit_code(found, strict=strict)


def _subject(
    runs: Sequence[Run],
    against: str | None,
    reader: Callable[[Run], Dataset | None],
    control: bool,
) -> Subject:
    """Runs by arm, the one that the others are compared with first."""
    from thumblab.audit import Subject
    from thumblab.evaluation.arms import arms_of

    arms = arms_of(runs, against=against)
    return Subject({arm.name: arm.runs for arm in arms.each}, reader, control=control)


def _reader(root: Path | None, named: str | None) -> Callable[[Run], Dataset | None]:
    """Reads the data of a run; where they are not found and nothing was said of them, they are left out."""
    from thumblab.core.errors import DataError

    def read(run: Run) -> Dataset | None:
        try:
            return read_data_of(run, root, named)
        except DataError as error:
            if root is not None or named is not None:
                raise
            warnings.warn(f"rules that need the data are not asked: {error}", stacklevel=2)
            return None

    return read


def _explain(rule: Rule, json: bool) -> int:
    values: dict[str, Any] = {
        name: getattr(rule, name)
        for name in ("code", "severity", "otherwise", "title", "trigger", "why", "remedy", "source")
    }
    kinds = " or ".join(filter(None, (rule.severity, rule.otherwise)))
    text = (
        f"{rule.code} ({kinds}): {rule.title}\n\n  looks for:   {rule.trigger}\n"
        f"  why:         {rule.why}\n  what to do:  {rule.remedy}\n  source:      {rule.source}"
    )
    answer(values, text, as_json=json)
    return 0
