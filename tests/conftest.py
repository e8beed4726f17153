"""Settings of all tests: one PyTorch thread, one kind of kernels, hypothesis that repeats and has time."""

import os

import numpy  # noqa: F401  loads the kernels
from hypothesis import settings
from threadpoolctl import threadpool_info

from thumblab.core import blas

os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's idle threads spin, and cores may be busy
for pool in threadpool_info():
    if (
        pool["internal_api"] == "openblas"
    ):  # other processes are to compute the same bits as this one
        os.environ[blas.VARIABLE] = pool["architecture"]
settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")
