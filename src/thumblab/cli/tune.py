"""``thumblab tune``."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.cli.completion import MODEL
from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer, say, table
from thumblab.cli.stopping import until_stopped

if TYPE_CHECKING:
    from thumblab.bench.tune import Row, Use


def tune(
    *model: Annotated[str, Parameter(name="--model"), MODEL],
    batch: int = 128,
    workers: int | None = None,
    rounds: int = 10,
    input_: Annotated[str | None, Parameter(name="--input")] = None,
    classes: int | None = None,
    output: Annotated[Path, OUTPUT] = Path("plan.json"),
    json: Json = False,
) -> int:
    """Find the fastest convolution kernel for each shape on this machine, for `thumblab train --plan`.

    Example: `thumblab tune vgg_like resnet20 -o plan.json`

    Args:
        model: Models of the zoo with arguments, or module:function of your own; by default the convolutional
            ones of `thumblab bench`.
        batch: Batch size.
        workers: Workers, each computing a shard of every batch; one per core by default.
        rounds: Number of rounds in which the kernels take turns.
        input_: Input shape; by default 3x32x32, or 1x28x28 for models of characters.
        classes: Number of classes; by default 10, or 47 for models of characters.
        output: Output file for the plan.
        json: Print the result as JSON.
    """
    from thumblab.bench import tune as tuning
    from thumblab.bench.step import SUBJECTS
    from thumblab.cli.architecture import built
    from thumblab.config import find_model

    usual = [subject.name for subject in SUBJECTS.values() if subject.convolutional]
    models = [find_model(name) for name in model or usual]
    groups = tuning.share(batch, workers)
    uses = tuning.find_uses(built(each, input_, classes) for each in models)
    _check_place(output)
    rows: list[Row] = []
    with until_stopped() as ending, closing(_shown(uses)) as shown:
        for use in shown:
            rows.append(tuning.measure(use, groups, rounds))
    names = [str(each) for each in models]
    values = {"models": names, "batch": batch, "images": 16 * groups, "rounds": rounds}
    if ending.code:
        say(f"stopped after {len(rows)} of {len(uses)} convolutions; no plan is written")
    else:
        _write(output, rows, values)
    values |= {"plan": None if ending.code else str(output), "rows": list(map(asdict, rows))}
    values |= {"gain": _gain(rows), **ending.partial}
    answer(values, _to_text(rows, None if ending.code else output), as_json=json)
    return ending.code


def _gain(rows: Sequence[Row]) -> float | None:
    """How many times as fast the convolutions are by the plan."""
    from thumblab.bench.tune import whole_ms

    before, after = whole_ms(rows)
    return before / after if rows else None


def _check_place(out: Path) -> None:
    """Raises ``UsageError`` now if the plan could not be written in the end."""
    from thumblab.core.errors import UsageError, WriteError
    from thumblab.storage.delivery import check_output

    try:
        check_output(out, "--output")
    except WriteError as error:
        raise UsageError(f"{out} cannot be written; choose another --output") from error


def _shown(uses: Sequence[Use]) -> Generator[Use, None, None]:
    """Hands on one after the other, and shows which: in a bar on a terminal, else on a line."""
    from rich.console import Console
    from rich.progress import Progress

    terminal = sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, auto_refresh=False, disable=not terminal) as bar:
        task = bar.add_task("", total=len(uses))
        for number, use in enumerate(uses, 1):
            bar.update(task, description=str(use.shape), refresh=True)
            if not terminal:
                say(f"{number}/{len(uses)} {use.shape}")
            yield use
            bar.advance(task)


def _write(out: Path, rows: Sequence[Row], values: dict[str, Any]) -> None:
    from thumblab.bench.tune import plan_of
    from thumblab.core.errors import WriteError
    from thumblab.runs.environment import environment
    from thumblab.runs.kernel_plan import write_plan

    here = environment(1)
    try:
        write_plan(out, plan_of(rows), values | {name: here[name] for name in ("machine", "blas")})
    except WriteError as error:
        raise WriteError(f"{out} cannot be written; choose another --output") from error


def _to_text(rows: Sequence[Row], out: Path | None) -> str:
    """The rows, and what a plan of them gains if one was written."""
    from thumblab.bench.tune import whole_ms
    from thumblab.kernels.plan import KERNELS

    if not rows:
        return ""
    head = ("convolution", "times", *(f"{name} ms" for name in KERNELS), "table", "plan", "gain")
    shown = table(head, [_cells(row) for row in rows])
    if out is None:
        return shown
    before, after = whole_ms(rows)
    return (
        f"{shown}\nA worker's convolutions: {before:.1f} ms by the fixed table, {after:.1f} ms by "
        f"this plan; train with --plan {out}"
    )


def _cells(row: Row) -> tuple[str, ...]:
    from thumblab.kernels.plan import KERNELS

    times = (row.milliseconds.get(kernel) for kernel in KERNELS)
    return (
        str(row.use.shape),
        str(row.use.count),
        *("-" if ms is None else f"{ms:.2f}" for ms in times),
        row.table,
        row.fastest,
        f"{row.gain:.2f}",
    )
