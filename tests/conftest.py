"""Settings of all tests: examples drawn by hypothesis repeat, and a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")
