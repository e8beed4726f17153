"""Whether what was done is what was planned."""

from __future__ import annotations

from collections.abc import Iterator

from thumblab.audit.formatting import some
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject


@rule(
    code="S08",
    severity="warning",
    title="More was tested than was declared",
    trigger="Verdicts were printed on another metric, other images or fewer arms than the study declares, "
    "or its runs were evaluated on test images although it asks about validation images.",
    why="Of many questions one finds its answer by luck; the level holds for the one that was "
    "declared.",
    remedy="Declare one metric on one part, and describe everything else without a claim.",
    source="Report R2 (three tables, three scores each); Holm 1979; Simmons et al. 2011, "
    "doi:10.1177/0956797611417632.",
)
def family_hidden(subject: Subject) -> Iterator[Observation]:
    """Questions beyond the declared one."""
    declared = subject.declared
    asked = {(each.metric, each.part) for each in declared.verdicts}
    beyond = [f"{metric} on {part}" for metric, part in sorted(asked)]
    beyond = [each for each in beyond if each != f"{declared.metric} on {declared.part}"]
    fewer = {
        each.arms for each in declared.verdicts if each.arms and {*each.arms} < {*subject.arms}
    }
    beyond += [f"arms {some(arms)} alone" for arms in sorted(fewer)]
    if declared.is_study and declared.part == "validation":
        looked = [each.name for each in subject.runs if each.run.test_accuracy is not None]
        beyond += [f"accuracy on test of {len(looked)} runs"] if looked else []
    if beyond:
        yield Observation(
            "study",
            f"{declared.metric} on {declared.part} was declared, and {len(beyond)} more were looked at: "
            f"{some(beyond)}",
            {"declared": [declared.metric, declared.part], "beyond": beyond},
        )


@rule(
    code="S09",
    severity="error",
    title="Extended after looking",
    trigger="A verdict was printed at a number of seeds that is no declared look, and seeds were added "
    "after it.",
    why="Adding seeds until something shows finds a difference where there is none in more than a "
    "fifth of all studies of up to 20 seeds.",
    remedy="Declare the looks before the first run, or start again with fresh seeds.",
    source="Armitage et al. 1969, doi:10.2307/2343787 (repeated tests); Johari et al. 2017, "
    "arXiv:1512.04922.",
)
def extended_after_looking(subject: Subject) -> Iterator[Observation]:
    """Verdicts at undeclared looks that were not the last."""
    declared = subject.declared
    now = max(len(runs) for runs in subject.arms.values())
    looks = declared.looks
    wrong = [
        each
        for each in declared.verdicts
        if each.seeds < now and looks != "any" and each.seeds not in looks
    ]
    if wrong:
        known = f"the declared looks are {some(looks)}" if looks else "no looks were declared"
        yield Observation(
            "study",
            f"a verdict was printed with {wrong[0].seeds} seeds on {wrong[0].when}, and now there are {now}; "
            f"{known}",
            {
                "printed": [[each.when, each.seeds] for each in wrong],
                "seeds": now,
                "looks": looks if looks == "any" else list(looks),
            },
        )


@rule(
    code="S10",
    severity="warning",
    title="The plan was changed",
    trigger="The study is no longer what was locked.",
    why="A plan that is changed once results are known can be changed towards them.",
    remedy="Tell each change with its reason, or lock a new study and run it with fresh seeds.",
    source="Nosek et al. 2018, doi:10.1073/pnas.1708274114 (preregistration).",
)
def plan_changed(subject: Subject) -> Iterator[Observation]:
    """Deviations from the lock."""
    changes = subject.declared.deviations
    if changes:
        reasons = [f"{each.what} ({each.reason or 'no reason given'})" for each in changes]
        yield Observation(
            "study",
            f"{len(changes)} changes since the lock: {some(reasons)}",
            {"changes": [[each.what, each.reason, each.when] for each in changes]},
        )
