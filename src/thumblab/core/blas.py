"""Which of OpenBLAS's kernels NumPy's products take, said before NumPy is loaded.

OpenBLAS asks the processor and takes what was written for it. Those before September 2026 do not know AMD's
family 26, Zen 5, and may take it for a Haswell, whose vectors are half as wide: products take twice the time.
Family 25, Zen 4, they give the kernels of Intel's SkylakeX, which is what family 26 gets here. Where NumPy
is loaded before thumblab, only processes that are started later take them.

Source: https://github.com/OpenMathLib/OpenBLAS/issues/6029 and its mend, pull request 6033.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
KERNELS = "SkylakeX"
NEEDED = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
"""What those kernels ask of a processor."""
UNKNOWN = 26
"""The first of AMD's families that OpenBLAS may not know."""


def choose_kernels(environ: MutableMapping[str, str], cpuinfo: str) -> None:
    """Names the kernels in ``environ`` where OpenBLAS would not find them.

    Whatever ``environ`` says already stands.

    Args:
        environ: What NumPy will find when it is loaded.
        cpuinfo: What Linux tells in ``/proc/cpuinfo``; empty elsewhere.
    """
    lines = [line.partition(":") for line in cpuinfo.partition("\n\n")[0].splitlines()]
    told = {name.strip(): value.strip() for name, _, value in lines}
    family = told.get("cpu family", "")
    known = told.get("vendor_id") != "AuthenticAMD" or not family.isdigit()
    if not known and int(family) >= UNKNOWN and set(told.get("flags", "").split()) >= NEEDED:
        environ.setdefault(VARIABLE, KERNELS)


def read_cpuinfo() -> str:
    """What Linux tells of its processors; empty elsewhere."""
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
