"""Runs that all tests of the audit look at."""

from __future__ import annotations

import pytest

from tests.audit.made import Shelf


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Trained once; copies are written to."""
    return Shelf(tmp_path_factory.mktemp("audit"))
