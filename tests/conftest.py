"""Settings of all tests: one thread for PyTorch, and hypothesis that repeats and has time."""

import os
from collections.abc import Generator
from importlib.util import find_spec

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's idle threads spin, and cores may be busy
settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skips the modules that import PyTorch where it is not installed."""
    report = yield
    if report.failed and find_spec("torch") is None and "named 'torch'" in str(report.longrepr):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 1, "Skipped: torch is optional and not installed")
    return report


@pytest.fixture(autouse=True, scope="session")
def _trust_nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Code of run folders that tests trust is remembered nowhere else."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
