"""Settings of all tests: one thread for PyTorch, and hypothesis that repeats and has time."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's idle threads spin, and cores may be busy
settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")
