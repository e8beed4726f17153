"""Ranks: processes started by torchrun that train one network together.

Rank 0 has the run folder, the loop and the last word. The others hold the same weights, wait for its
orders and do their share of each batch, so that a signal, an early stop or an error in the loop cannot
part them. Orders are JSON and plain arrays; nothing is unpickled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from math import prod
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray

from thumblab.core.errors import ThumblabError, UsageError
from thumblab.engines.torch.device import find_device

if dist.is_available():  # a build for a system without them lacks the rest
    # Before any group: as default arguments it would keep it, threads and all.
    import torch.distributed.nn

Array = NDArray[Any]
SECONDS = 600.0
"""How long a rank waits for another, and for the next order, before it takes it for dead."""


class RankError(ThumblabError):
    """Another process of the same training has died, or hangs."""

    exit_code = 75


@dataclass
class Ranks:
    """The processes that compute together; by default this one alone.

    Attributes:
        rank: Which of them this is.
        size: How many they are.
        place: Which of those on this machine; it takes the GPU of that number.
        samples: Of the batch that all of them are training on.
    """

    rank: int = 0
    size: int = 1
    place: int = 0
    samples: int = 0
    _busy: bool = field(default=False, repr=False)

    def partition(self, samples: int) -> slice:
        """Which of so many samples are this rank's; each belongs to exactly one rank."""
        return slice(samples * self.rank // self.size, samples * (self.rank + 1) // self.size)

    def all_reduce(self, value: torch.Tensor) -> torch.Tensor:
        """Sum of ``value`` over the ranks, in place; the same bits on every rank."""
        if self.size > 1:
            with _met():
                dist.all_reduce(value)
        return value

    def gather(self, part: torch.Tensor, samples: int) -> torch.Tensor:
        """The rows of all ranks, ``(samples, ...)``; gradients flow to this rank's rows alone."""
        own = self.partition(samples)
        if len(part) != own.stop - own.start:
            raise ValueError(f"{len(part)} rows are not rank {self.rank}'s share of {samples}")
        if self.size == 1:
            return part
        whole = part.new_zeros((samples, *part.shape[1:]))
        whole[own] = part.detach()
        self.all_reduce(whole)
        return torch.cat([whole[: own.start], part, whole[own.stop :]])

    @contextmanager
    def command(self, what: dict[str, Any], *arrays: Array) -> Iterator[None]:
        """Has every other rank do ``what`` while this one, which is rank 0, does the same inside."""
        if self.size > 1:
            self._busy = True
            self._broadcast(what, arrays)
        yield
        self._busy = False

    def end(self, code: int) -> None:
        """Tells the others to end; if an order was broken off, they notice that this one has gone."""
        if self.size > 1 and self.rank == 0 and not self._busy:
            with suppress(RankError):  # they have gone already
                self._broadcast({"task": "end", "code": code}, ())

    def _broadcast(self, what: dict[str, Any], arrays: tuple[Array, ...]) -> None:
        kinds = [(array.dtype.str, array.shape) for array in arrays]
        head = json.dumps([what, kinds]).encode()
        content = bytearray().join([head, *(array.tobytes() for array in arrays)])
        with _met():
            dist.broadcast(torch.tensor([len(head), len(content)]), 0)
            dist.broadcast(torch.frombuffer(content, dtype=torch.uint8), 0)

    def receive(self) -> tuple[dict[str, Any], list[Array]]:
        """The next order of rank 0; for the others."""
        sizes = torch.zeros(2, dtype=torch.int64)
        with _met():
            dist.broadcast(sizes, 0)
            content = torch.empty(int(sizes[1]), dtype=torch.uint8)
            dist.broadcast(content, 0)
        raw, end = content.numpy(), int(sizes[0])
        what, kinds = json.loads(raw[:end].tobytes())
        arrays = []
        for kind, shape in kinds:
            begin, dtype = end, np.dtype(kind)
            end = begin + dtype.itemsize * prod(shape)
            arrays.append(raw[begin:end].copy().view(dtype).reshape(shape))
        return what, arrays

    def check_same(self, key: str) -> None:
        """Raises ``UsageError`` unless all ranks say the same ``key``."""
        own = np.frombuffer(bytes.fromhex(key), np.uint8).astype(np.int64)
        spread = torch.from_numpy(np.stack([own, own**2]))
        self.all_reduce(spread)
        if (spread[0] ** 2 != self.size * spread[1]).any():
            raise UsageError(
                "the processes of this training were given different commands or data; start all "
                "of them with the same, by one torchrun on each machine"
            )


ALONE = Ranks()
_joined: list[Ranks] = []


@contextmanager
def _met() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        message = str(error).partition("\n")[0]
        raise RankError(
            f"another process of this training has died or hangs ({message}); start all of "
            "them again, and resume the run",
            remedies=("resume",),
        ) from error


def joined() -> Ranks:
    """The ranks that this process works with at the moment."""
    return _joined[-1] if _joined else ALONE


@contextmanager
def join(device: str, precision: str) -> Iterator[Ranks]:
    """The processes that torchrun started, met; when rank 0 leaves, the others end.

    Raises:
        UsageError: If the device is of a kind that only one process can compute on.
        RankError: If they do not all come.
    """
    place = int(os.environ.get("LOCAL_RANK", "0"))
    found = find_device(device, precision, place)
    if found.type == "mps":
        raise UsageError(
            "PyTorch cannot share a network among processes on 'mps'; take the device cpu",
            remedies=("device",),
        )
    if found.type == "cuda":
        torch.cuda.set_device(found)
    with _met():
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if found.type == "cuda" else "gloo",
            timeout=timedelta(seconds=SECONDS),
        )
    ranks, code = Ranks(dist.get_rank(), dist.get_world_size(), place), 1
    _joined.append(ranks)
    try:
        yield ranks
        code = 0
    except GeneratorExit:
        code = 0
        raise
    except ThumblabError as error:
        code = error.exit_code
        raise
    finally:
        if code != RankError.exit_code:
            ranks.end(code)
        _joined.remove(ranks)
        leave(waits=found.type == "cuda" and code != 0)


def leave(*, waits: bool) -> None:
    """Parts from the others; ``waits``: whether a polite end, as nccl has it, might wait for ever."""
    if waits:
        dist.distributed_c10d._abort_process_group()
    else:
        dist.destroy_process_group()
