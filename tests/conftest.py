"""Settings of all tests: one thread for PyTorch, and hypothesis that repeats and has time."""

import os
from collections.abc import Generator
from importlib.util import find_spec

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's idle threads spin, and cores may be busy
settings.register_profile("thumblab", deadline=None, derandomize=True)
settings.load_profile("thumblab")


NO_TORCH = find_spec("torch") is None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what is asked of the PyTorch engine where PyTorch is not installed."""
    for item in items:
        asked = getattr(item, "callspec", None)
        if NO_TORCH and asked is not None and "torch" in map(str, asked.params.values()):
            item.add_marker(pytest.mark.skip("torch is optional and not installed"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skips the modules that import PyTorch where it is not installed."""
    report = yield
    if report.failed and NO_TORCH and "named 'torch'" in str(report.longrepr):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 1, "Skipped: torch is optional and not installed")
    return report


@pytest.fixture(autouse=True, scope="session")
def _trust_nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Code of run folders that tests trust is remembered nowhere else."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
