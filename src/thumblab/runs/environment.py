"""What a run was made with: versions, machine and threads; bits repeat only where these are equal."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from thumblab.core.errors import RunError
from thumblab.core.value import to_dict
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.kernels.plan import STANDARD, Plan

PACKAGES = ("thumblab", "numpy", "scipy", "scikit-learn", "safetensors", "pillow", "torch")
DECIDING = ("device", "workers", "threads_per_worker", "thumblab", "numpy", "torch", "processor")
"""What decides bits, with the kernels of BLAS: these entries, versions and this of the machine."""


def environment(
    workers: int,
    command: list[str] | None = None,
    plan: Plan = STANDARD,
    device_and_threads: tuple[str, int] = ("cpu", 1),
) -> dict[str, Any]:
    """Plain data for ``environment.json``; a worker computes on ``device_and_threads``."""
    pools = threadpool_info()
    blas = [pool for pool in pools if pool.get("user_api") == "blas"]
    openmp = [pool for pool in pools if pool.get("user_api") == "openmp"]
    kept = ("internal_api", "version", "architecture", "threading_layer")
    return {
        "schema": 3,
        "engine_version": ENGINE_VERSION,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES if _version(name)},
        "blas": [{name: pool.get(name) for name in kept} for pool in blas],
        "openmp_threads": [pool["num_threads"] for pool in openmp],  # PyTorch's, where it is used
        "workers": workers,
        "device": device_and_threads[0],
        "threads_per_worker": device_and_threads[1],
        "plan": to_dict(asdict(plan)),
        "machine": {
            "system": platform.system(),
            "processor": _processor(),
            "cores": os.cpu_count(),
        },
        "command": _command() if command is None else command,
    }


def _command() -> list[str]:
    """How Python was started; nothing inside of a program that says nothing."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]] if sys.argv else []


def workers_of(values: dict[str, Any]) -> int:
    """The workers that a run was begun with, from its ``environment.json``."""
    try:
        return int(values["workers"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            "environment.json is damaged, it names no workers; restore it, or give their number"
        ) from error


def warn_if_other(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Warns if a run that goes on computes with anything else that decides its bits than it did."""
    old, new = deciding(before), deciding(now)
    other = [name for name in new if name in old and old[name] != new[name]]
    if other:
        text = ", ".join(f"{name} {new[name]} instead of {old[name]}" for name in other)
        warnings.warn(
            f"the run goes on with {text}, so its bits are not those of one without a stop",
            stacklevel=2,
        )


def earlier_sessions(before: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """What decided the bits of a run's sessions so far, where it is not what decides them now; each once."""
    earlier = before.get("earlier", [])
    found = [*(earlier if isinstance(earlier, list) else []), deciding(before)]
    other = [each for each in found if each and each != deciding(now)]
    return [each for place, each in enumerate(other) if each not in other[:place]]


def deciding(values: object) -> dict[str, Any]:
    """What a run has to go on with for the same bits, so far as ``values`` tell it."""
    if not isinstance(values, dict):  # the file is damaged, and written anew
        return {}
    everything = values | values.get("packages", {}) | values.get("machine", {})
    found = {name: everything[name] for name in DECIDING if name in everything}
    kernels = {pool["architecture"] for pool in values.get("blas", []) if pool.get("architecture")}
    return found | ({"BLAS kernels": "+".join(sorted(kernels))} if kernels else {})


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
