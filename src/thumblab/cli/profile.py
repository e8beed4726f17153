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
    """Profile a training step or an inference pass of the NumPy engine, layer by layer.

    Example: `thumblab profile resnet20 --batch 512`

    Args:
        model: Model of the zoo with arguments, or module:function of your own.
        mode: Profile a training step or an inference pass.
        batch: Batch size.
        workers: Workers, each computing a shard of every batch; one per core by default.
        steps: Number of steps to time; the faster half counts.
        optimizer: Optimizer of the training step.
        augment: Data augmentation of the training step, joined by +.
        unfused: Run layers without fusion, which is slower, and show each.
        input_: Input shape; by default 3x32x32, or 1x28x28 for models of characters.
        classes: Number of classes; by default 10, or 47 for models of characters.
        json: Print the result as JSON.
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
