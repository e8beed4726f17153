"""How many CPUs this process may keep busy: those it is bound to, and the quota of its container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def usable_cpus(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """The CPUs of this process, or fewer if its control group has less time than they offer; at least 1.

    A quota of 2.5 CPUs is 2: a third worker would be halted for half of the time while the others wait for
    it.

    Args:
        cgroups: Where Linux mounts control groups, of version 1 or 2.
        membership: The file that says which of them this process is in.
    """
    quotas = [int(quota) for quota in cpu_quotas(cgroups, membership)]
    return max(1, min([_bound(), *quotas]))


def _bound() -> int:
    """CPUs that the scheduler, or Python's ``-X cpu_count``, leaves to this process."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return int(os.process_cpu_count() or 1)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_quotas(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> Iterator[float]:
    """The quotas, in CPUs, of the control groups that this process is in, and of those around them."""
    for folder in _folders(cgroups, membership):
        quota = _quota(folder)
        if quota is not None:
            yield quota


def _folders(cgroups: Path, membership: Path) -> Iterator[Path]:
    """Folders of this process' groups, innermost first.

    In a container the path that the kernel names may lie outside of what is mounted; the mount itself is
    the container's group then.
    """
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = ["0::/"]
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        names = controllers.split(",") if controllers else []
        if names and "cpu" not in names:
            continue
        inner = [part for part in PurePosixPath(path).parts if part != "/"]
        if ".." in inner:
            inner = []
        for mount in [controllers, "cpu"] if names else ["", "unified"]:
            groups = cgroups / mount
            yield from (groups.joinpath(*inner[:depth]) for depth in range(len(inner), -1, -1))


def _quota(folder: Path) -> float | None:
    """CPUs that the group of ``folder`` may use; None for no limit, or a file that says none."""
    with suppress(OSError, ValueError, ZeroDivisionError):
        if (folder / "cpu.max").exists():  # version 2: "max 100000" or "250000 100000"
            quota, period = (folder / "cpu.max").read_text().split()
        else:  # version 1; -1 is no limit
            quota = (folder / "cpu.cfs_quota_us").read_text()
            period = (folder / "cpu.cfs_period_us").read_text()
        found = int(quota) / int(period)
        return found if found > 0 else None
    return None
