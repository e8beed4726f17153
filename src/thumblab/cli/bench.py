"""``thumblab bench``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thumblab.cli.options import Json, Output
from thumblab.cli.output import answer, say, table
from thumblab.cli.stopping import Ending, until_stopped

if TYPE_CHECKING:
    from thumblab.bench.benchmark import Row, Workload

HEAD = (
    "model",
    "batch",
    "mode",
    "malloc",
    "engine",
    "ms",
    "images/s",
    "of eager's speed",
    "spread",
    "MiB",
)


def bench(
    *,
    models: str | None = None,
    engines: str | None = None,
    batch: str = "128+512",
    mode: Literal["train", "infer", "both"] = "train",
    rounds: int = 10,
    repeats: int = 1,
    malloc: Literal["tuned", "stock", "both"] = "tuned",
    output: Output = None,
    json: Json = False,
) -> int:
    """Benchmark the speed and peak memory of the engines, with two threads each.

    Example: `thumblab bench --models vgg_like+resnet20 --engines numpy+torch_eager --batch 128`

    Args:
        models: Models joined by +; all eight by default.
        engines: Engines joined by +: numpy, reference (slow; use --batch 16), torch_eager,
            torch_channels_last, torch_compiled, torch_compiled_channels_last, torch_bfloat16; all but
            reference by default.
        batch: Batch sizes, joined by +.
        mode: Time a training step, an inference pass, or both.
        rounds: Number of rounds in which the engines take turns.
        repeats: Number of whole measurements, whose spread is shown.
        malloc: glibc's malloc set to keep freed memory (tuned), which speeds PyTorch up, or as it is (stock).
        output: JSON file for rows, summary and machine, rewritten after each workload.
        json: Print the rows as JSON; if interrupted, an object with the rows so far.
    """
    from thumblab.bench import benchmark
    from thumblab.bench.step import SUBJECTS
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    names = SUBJECTS if models is None else _items(models)
    chosen = benchmark.USUAL_ENGINES if engines is None else _items(engines)
    benchmark.check(names, chosen)
    able = benchmark.without_torch(chosen, say)
    workloads = benchmark.workloads(
        list(names),
        _batches(batch),
        ["train", "infer"] if mode == "both" else [mode],
        ["tuned", "stock"] if malloc == "both" else [malloc],
        _positive("--repeats", repeats),
    )
    rows: list[Row] = []
    with until_stopped() as ending:
        _measure(workloads, able, _positive("--rounds", rounds), rows, output)
    _answer(rows, ending, as_json=json)
    return ending.code


def _answer(rows: Sequence[Row], ending: Ending, *, as_json: bool) -> None:
    """The rows; in JSON a list, or an object with them that says so if there should be more."""
    from thumblab.bench.summary import summary

    values: Any = [asdict(row) for row in rows]
    if ending.code:
        say(
            "stopped; these are the rows of the workloads that were measured" if rows else "stopped"
        )
        values = {"rows": values} | ending.partial
    shown = [table(HEAD, [_cells(row) for row in rows]), *map(str, summary(rows))]
    answer(values, "\n\n".join(shown) if rows else "", as_json=as_json)


def _measure(
    workloads: Sequence[Workload],
    engines: Sequence[str],
    rounds: int,
    rows: list[Row],
    out: Path | None,
) -> None:
    """Adds the rows of all workloads; keeps them in ``out`` after each, in a pipe or a device at the end."""
    from thumblab.bench.benchmark import measure
    from thumblab.storage.delivery import replaceable

    again = out is not None and replaceable(out)
    message: set[str] = set()

    def say_once(what: str) -> None:
        if what not in message:
            message.add(what)
            say(what)

    _keep(out if again else None, rows)
    for number, workload in enumerate(workloads, 1):
        say(f"{number}/{len(workloads)} {workload}")
        rows += measure(workload, engines, rounds=rounds, say=say_once)
        _keep(out if again or number == len(workloads) else None, rows)


def _items(text: str) -> list[str]:
    """Names joined by ``+``, or by commas as many write them, each once."""
    return list(dict.fromkeys(item for item in re.split(r"[+,\s]+", text) if item))


def _batches(text: str) -> list[int]:
    from thumblab.core.errors import UsageError

    items = _items(text)
    if not items or not all(re.fullmatch(r"[1-9]\d{0,6}", item) for item in items):
        raise UsageError(
            f"--batch {text!r} is no number of images; give one, or several as 128+512"
        )
    return list(map(int, items))


def _positive(option: str, value: int) -> int:
    from thumblab.core.errors import UsageError

    if value < 1:
        raise UsageError(f"{option} {value} is less than 1; give at least 1")
    return value


def _keep(out: Path | None, rows: Sequence[Row]) -> None:
    """Writes what there is, so that an interrupted measurement leaves its rows."""
    if out is None:
        return
    from thumblab.bench.benchmark import THREADS
    from thumblab.bench.summary import summary
    from thumblab.core.errors import WriteError
    from thumblab.runs.environment import environment
    from thumblab.storage.delivery import deliver

    found: dict[str, Any] = {
        "machine": environment(THREADS),
        "rows": [asdict(row) for row in rows],
        "summary": [asdict(each) for each in summary(rows)],
    }
    try:
        deliver(out, (dumps(found, indent=2, sort_keys=True) + "\n").encode(), name="bench")
    except WriteError as error:
        raise WriteError(f"{out} cannot be written; choose another --output") from error


def _cells(row: Row) -> tuple[str, ...]:
    speed, peak = row.speedup_over_torch_eager, row.peak_mb
    return (
        row.model,
        str(row.batch),
        row.mode,
        row.malloc,
        row.engine,
        f"{row.step_ms:,.2f}",
        f"{row.images_per_second:,.0f}",
        "-" if speed is None else f"{speed:.2f}",
        f"{100 * row.spread:.0f} %",
        "-" if peak is None else f"{peak:,.0f}",
    )
