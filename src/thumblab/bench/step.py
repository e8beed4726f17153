"""What is timed: one step of an engine on a batch of random images, from pixels to moved weights."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import thumblab.zoo
from thumblab.bench.worker import CannotRunError, serve
from thumblab.core.layer import Layer, Shape

Step = Callable[[], object]
Mode = Literal["train", "infer"]
RATE = 1e-3
SHIFT, SCALE = 128.0, 1 / 64


@dataclass(frozen=True)
class Subject:
    """A model of the zoo to time, and what it reads.

    Attributes:
        convolutional: Whether convolutions are most of its work.
    """

    name: str
    shape: Shape = (3, 32, 32)
    classes: int = 10
    convolutional: bool = True

    def build(self) -> Layer:
        """The architecture."""
        model: Layer = getattr(thumblab.zoo, self.name)(self.classes)
        return model


SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("baseline_cnn", classes=100),
        Subject("seven_layer"),
        Subject("vgg_like"),
        Subject("resnet20"),
        Subject("lenet5", (1, 28, 28), 47),
        Subject("mlp", classes=100, convolutional=False),
        Subject("vit", convolutional=False),
        Subject("wide"),
    )
}


@dataclass(frozen=True, eq=False)
class Job:
    """A model and a batch for it.

    Attributes:
        images: ``(n, h, w, c)``, uint8.
        labels: Classes, ``(n,)``.
        trains: Whether a step trains; else it only predicts.
        threads: Cores that an engine may use.
    """

    model: Layer
    shape: Shape
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    trains: bool
    threads: int


def job(subject: Subject, batch: int, mode: Mode, threads: int) -> Job:
    """The same random images and labels at every call."""
    rng = np.random.default_rng(0)
    c, h, w = subject.shape
    images = rng.integers(0, 256, (batch, h, w, c), np.uint8)
    labels = rng.integers(0, subject.classes, batch)
    return Job(subject.build(), subject.shape, images, labels, mode == "train", threads)


def numpy_step(job: Job, rules: str) -> Step:
    """A step of the NumPy engine, by its ``"fast"`` or its ``"reference"`` rules."""
    from thumblab.engines.numpy import InputTransform, Network
    from thumblab.losses import CrossEntropy
    from thumblab.optim import SGD

    network = Network(
        job.model,
        job.shape,
        workers=job.threads,
        rules="reference" if rules == "reference" else "fast",
        input_transform=InputTransform(np.full(1, SHIFT), np.full(1, SCALE)),
    )
    loss, optimizer = CrossEntropy(), SGD(momentum=0.9)

    def train() -> None:
        network.train_step(
            job.images, job.labels, loss=loss, optimizer=optimizer, learning_rate=RATE, step=0
        )

    return train if job.trains else lambda: network.predict(job.images)


def torch_step(job: Job, *, last: bool, compiled: bool, narrow: bool) -> Step:
    """A step of plain PyTorch, written as its users write it.

    ``last`` lays images out with their channels innermost, ``compiled`` has inductor make the kernels,
    ``narrow`` multiplies in bfloat16.
    """
    import torch

    from thumblab.engines.torch.arrays import channels_first

    torch.set_num_threads(job.threads)
    layout = torch.channels_last if last else torch.contiguous_format
    twin = _twin(job, torch).train(job.trains).to(memory_format=layout)
    optimizer = torch.optim.SGD(twin.parameters(), RATE, momentum=0.9)
    network = torch.compile(twin) if compiled else twin
    pixels, targets = torch.from_numpy(job.images), torch.from_numpy(job.labels)
    cast = torch.autocast("cpu", torch.bfloat16) if narrow else nullcontext()

    def batch() -> Any:
        x = channels_first((pixels.float() - SHIFT) * SCALE)
        return x.contiguous(memory_format=layout)

    def infer() -> None:
        with torch.inference_mode(), cast:
            network(batch())

    def train() -> None:
        optimizer.zero_grad(set_to_none=True)
        with cast:
            loss: Any = torch.nn.functional.cross_entropy(network(batch()), targets)
        loss.backward()
        optimizer.step()

    step = train if job.trains else infer
    if compiled:
        _compile(step)
    return step


def _twin(job: Job, torch: Any) -> Any:
    """The PyTorch module, with the weights that the NumPy engine starts from."""
    from thumblab.core import random
    from thumblab.core.initialize import start
    from thumblab.core.layer import weights
    from thumblab.core.rules import torch_twin

    twin = torch_twin(job.model, job.shape, torch)
    first = {
        name: torch.from_numpy(start(weight, random.stream(0, "initialise", name))).float()
        for name, weight in weights(job.model, job.shape).items()
    }
    twin.load_state_dict(first, strict=False)  # BatchNorm's count of batches is PyTorch's alone
    return twin


def _compile(step: Step) -> None:
    """Takes the step that compiles."""
    try:
        step()
    except Exception as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CannotRunError(f"torch.compile fails ({why}); it needs a C++ compiler") from error


STEPS: dict[str, Callable[[Job], Step]] = {
    "numpy": lambda job: numpy_step(job, "fast"),
    "reference": lambda job: numpy_step(job, "reference"),
    "torch_eager": lambda job: torch_step(job, last=False, compiled=False, narrow=False),
    "torch_channels_last": lambda job: torch_step(job, last=True, compiled=False, narrow=False),
    "torch_compiled": lambda job: torch_step(job, last=False, compiled=True, narrow=False),
    "torch_compiled_channels_last": lambda job: torch_step(
        job, last=True, compiled=True, narrow=False
    ),
    "torch_bfloat16": lambda job: torch_step(job, last=False, compiled=False, narrow=True),
}
"""What each engine does, by the name that rows have."""


def environment(engine: str, threads: int) -> dict[str, str]:
    """What a process needs in its environment so that ``engine`` has ``threads`` cores."""
    own = engine in ("numpy", "reference")  # workers are processes, each with one thread of BLAS
    return {
        **os.environ,
        "OMP_NUM_THREADS": "1" if own else str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        "TORCHINDUCTOR_COMPILE_THREADS": "1",  # its helpers would count as memory of the step
    }


def command(engine: str, model: str, batch: int, mode: Mode, threads: int) -> list[str]:
    """What Python is to run for a worker that takes such steps."""
    return ["-m", "thumblab.bench.step", engine, model, str(batch), mode, str(threads)]


def main(engine: str, model: str, batch: str, mode: str, threads: str) -> None:
    """The other end of ``command``."""
    what = job(SUBJECTS[model], int(batch), "train" if mode == "train" else "infer", int(threads))
    serve(lambda: STEPS[engine](what))


if __name__ == "__main__":
    main(*sys.argv[1:])
