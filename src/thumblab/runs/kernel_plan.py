"""The kernel plan of a run: from a file that ``thumblab tune`` wrote, or as the run has stored it.

The file is JSON: ``schema``, ``plan`` (see ``kernels.plan.Plan``), and in ``measured`` what it was
measured on, which is for people.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from reprlib import repr as short
from typing import TYPE_CHECKING, Any

from thumblab.core.errors import RunError, UsageError
from thumblab.kernels.plan import STANDARD, Plan
from thumblab.runs.run import Run
from thumblab.storage.delivery import deliver

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SCHEMA = 1
LARGEST_BYTES = 1_000_000
"""A longer file is not read."""


def read_plan(path: Path | str) -> Plan:
    """The plan in a file.

    Raises:
        UsageError: If it cannot be read or is no plan; a line for each thing that is wrong.
    """
    try:
        with Path(path).open("rb") as file:
            text = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); name a plan that thumblab tune wrote"
        ) from error
    if len(text) > LARGEST_BYTES:
        raise UsageError(f"{path} has more than {LARGEST_BYTES:,} bytes; it is no kernel plan")
    try:
        return _parsed(text)
    except UsageError as error:
        lines = "\n".join(f"{path}: {line}" for line in str(error).splitlines())
        raise UsageError(f"{lines}; mend it, or measure again with thumblab tune") from error


def write_plan(path: Path | str, plan: Plan, measured: dict[str, Any]) -> None:
    """Replaces the file at ``path``, a line a choice; raises ``WriteError`` if that fails."""
    choices = ",\n".join(f"    {json.dumps(asdict(choice))}" for choice in plan.choices)
    text = f'{{\n  "schema": {SCHEMA},\n  "measured": {json.dumps(measured)},\n'
    text += f'  "plan": {{"choices": [\n{choices}\n  ]}}\n}}\n'
    deliver(Path(path), text.encode(), name="plan")


def plan_in_force(given: Plan | None, run: Run, engine: str) -> Plan:
    """The plan that a run is trained with: the one it was begun with, or else ``given``.

    Raises:
        UsageError: If the run was begun with another one, or the engine has no kernels.
        RunError: If the run's own cannot be read.
    """
    if given is not None and engine != "numpy":
        raise UsageError(
            f"a kernel plan is for the engine numpy, but the engine is {engine!r}; leave the plan out",
            remedies=("plan",),
        )
    begun = _stored(run)
    if begun is None or given is None:
        return given or begun or STANDARD
    if given.chosen != begun.chosen and run.checkpoints:
        raise UsageError(
            f"{run.folder} was begun with another kernel plan, and other kernels would change its "
            "bits; resume it without a plan, or delete the folder",
            remedies=("plan",),
        )
    return given


def _stored(run: Run) -> Plan | None:
    """The plan in ``environment.json``; None if there is none yet."""
    values = run.environment
    if values is None:
        return None
    try:
        plan = values.get("plan", asdict(STANDARD))  # older runs know no plans
        return _parsed(json.dumps({"schema": SCHEMA, "plan": plan}))
    except (AttributeError, UsageError) as error:
        raise RunError(
            f"{run.folder}/environment.json is damaged ({error}); restore it or train again"
        ) from error


def _parsed(text: str | bytes) -> Plan:
    """The plan that ``text`` holds, as JSON; errors have a line for each thing that is wrong."""
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    class File(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        version: int = Field(alias="schema", ge=SCHEMA, le=SCHEMA)
        plan: Plan
        measured: dict[str, Any] = Field(default_factory=dict)

    try:
        return File.model_validate_json(_todays(text)).plan
    except ValidationError as error:
        raise UsageError("\n".join(map(_line, error.errors(include_url=False)))) from error


def _todays(text: str | bytes) -> str | bytes:
    """The text with the names that choices have since 0.2."""
    try:
        found = json.loads(text)
        for choice in found["plan"]["choices"]:
            choice |= {"shape": choice.pop("case"), "algorithm": choice.pop("by")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return text
    return json.dumps(found)


def _line(error: ErrorDetails) -> str:
    where = ".".join(map(str, error["loc"]))
    known = {
        "missing": "is missing",
        "extra_forbidden": "is unknown",
        "unexpected_keyword_argument": "is unknown",
        "json_invalid": error["msg"],
        "value_error": error["msg"].removeprefix("Value error, "),
    }
    wrong = f"{error['msg'].replace('Input should', 'should')}, not {short(error['input'])}"
    return ": ".join(filter(None, (where, known.get(error["type"], wrong))))
