"""``thumblab profile``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from thumblab.cli.completion import MODEL
from thumblab.cli.options import Json
from thumblab.cli.output import answer, percent, say, table

if TYPE_CHECKING:
    from thumblab.bench.profile import Profile, Stage, Training

HEAD = ("path", "layers", "forward ms", "backward ms", "step", "GFLOP", "GFLOP/s", "of peak")


def profile(
    model: Annotated[str, MODEL],
    *,
    mode: Literal["train", "infer"] = "train",
    batch: int = 128,
    workers: int | None = None,
    steps: int = 20,
    optimizer: str = "sgd",
    augment: str = "none",
    unfused: bool = False,
    input_: Annotated[str | None, Parameter(name="--input")] = None,
    classes: int | None = None,
    json: Json = False,
) -> int:
    """Show where a step of the NumPy engine spends its time, stage by stage.

    Example: `thumblab profile resnet20 --batch 512`

    Args:
        model: Function of the zoo with arguments, or module:function of yours.
        mode: Whether the step trains or predicts.
        batch: Images a step.
        workers: Parts of a batch computed side by side; usually one a core.
        steps: Steps to time; the faster half counts.
        optimizer: What moves the weights of a step that trains.
        augment: How its images are changed, joined by +.
        unfused: Run every layer by itself, which is slower, and show each.
        input_: Shape of a sample; usually 3x32x32, for models of characters 1x28x28.
        classes: How many; usually 10, for models of characters 47; `thumblab models` lists them.
        json: Print one JSON value.
    """
    from thumblab.bench import profile as profiling
    from thumblab.cli.architecture import built
    from thumblab.config import find_model

    found = find_model(model)
    layer, shape = built(found, input_, classes)
    say(f"{found}: {steps} steps of {batch} images")
    values = profiling.profile(
        layer,
        shape,
        mode=mode,
        batch=batch,
        workers=workers,
        steps=steps,
        training=_training(optimizer, augment),
        fused=not unfused,
    )
    answer({"model": str(found), **asdict(values)}, _to_text(values), as_json=json)
    return 0


def _training(optimizer: str, augment: str) -> Training:
    from thumblab.bench.profile import Training
    from thumblab.config import fit
    from thumblab.data import Augmentation
    from thumblab.optim import Optimizer

    return Training(fit(optimizer, Optimizer), fit(augment, tuple[Augmentation, ...]))


def _to_text(values: Profile) -> str:
    training = {
        "augmentation": values.augment_ms,
        "loss": values.loss_ms,
        "optimizer": values.optimizer_ms,
    }
    rest = {
        "door": values.door_ms,
        **(training if values.mode == "train" else {}),
        "waiting and contention": values.waiting_ms,
        "whole step": values.step_ms,
    }
    rows = [_cells(stage, values.step_ms) for stage in values.stages]
    rows += [
        ("", name, f"{ms:,.2f}", "", percent(ms / values.step_ms), "", "", "")
        for name, ms in rest.items()
    ]
    kernels = f", by the BLAS's kernels for {values.kernels}" if values.kernels else ""
    return (
        f"{table(HEAD, rows)}\n"
        f"{values.workers} workers; times are of one, with {values.images} of {values.batch} images. "
        f"Peak: {values.peak_gflops:.0f} GFLOP/s a core{kernels}. "
        "GFLOP are those of plain convolutions; Winograd's do with fewer and may pass the peak."
    )


def _cells(stage: Stage, step_ms: float) -> tuple[str, ...]:
    speed = stage.gflops_per_second
    return (
        stage.path,
        " + ".join(stage.layers),
        f"{stage.forward_ms:,.2f}",
        f"{stage.backward_ms:,.2f}",
        percent((stage.forward_ms + stage.backward_ms) / step_ms),
        f"{stage.flops / 1e9:,.3f}" if stage.flops else "",
        "" if speed is None else f"{speed:,.0f}",
        percent(stage.peak_share) if stage.peak_share else "",
    )
