"""Kernels of OpenBLAS are named where it would not find them, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from thumblab.core import blas

FLAGS = "fpu sse2 avx2 avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni"


def cpuinfo(vendor: str = "AuthenticAMD", family: object = 26, flags: str = FLAGS) -> str:
    one = f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: {family}\nflags\t\t: {flags}\n"
    return f"{one}\n{one.replace(': 0', ': 1')}"


@pytest.mark.parametrize("family", [26, 27])
def test_a_processor_that_openblas_may_not_know_gets_kernels(family: int) -> None:
    found: dict[str, str] = {}
    blas.choose_kernels(found, cpuinfo(family=family))
    assert found == {"OPENBLAS_CORETYPE": "SkylakeX"}


@pytest.mark.parametrize(
    "told",
    [
        "",
        "no colon\n: nothing\n",
        cpuinfo(family=25),
        cpuinfo(family=""),
        cpuinfo(vendor="GenuineIntel", family=6),
        cpuinfo(vendor="GenuineIntel", family=26),
        cpuinfo(flags=FLAGS.replace("avx512vl", "")),
    ],
)
def test_others_are_left_to_openblas(told: str) -> None:
    found: dict[str, str] = {}
    blas.choose_kernels(found, told)
    assert found == {}


def test_what_the_user_says_stands() -> None:
    found = {"OPENBLAS_CORETYPE": "Haswell"}
    blas.choose_kernels(found, cpuinfo())
    assert found == {"OPENBLAS_CORETYPE": "Haswell"}


@pytest.mark.parametrize("first", ["thumblab", "numpy"])
def test_numpy_finds_it_if_it_is_loaded_after(first: str) -> None:
    code = (
        f"import json, os, {first}, thumblab, numpy, threadpoolctl\n"
        "loaded = [pool.get('architecture') for pool in threadpoolctl.threadpool_info()]\n"
        "print(json.dumps([os.environ.get('OPENBLAS_CORETYPE'), loaded]))"
    )
    clean = {name: value for name, value in os.environ.items() if name != blas.VARIABLE}
    ended = subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, check=True)
    said, loaded = json.loads(ended.stdout)
    expected: dict[str, str] = {}
    blas.choose_kernels(expected, blas.read_cpuinfo())
    assert said == expected.get(blas.VARIABLE)
    assert said is None or said in loaded or first == "numpy"
