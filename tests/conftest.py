"""Settings of all tests: one thread for PyTorch, and hypothesis that repeats and has time."""

import os

from hypothesis import settings

import thumblab  # noqa: F401  before NumPy, whose products then have the bits of those in other processes

os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's idle threads spin, and cores may be busy
settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")
