from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from thumblab.audit import Declaration


def test_a_declaration_stays_as_it_was_made() -> None:
    with pytest.raises(FrozenInstanceError):
        Declaration().metric = "macro_f1"  # type: ignore[misc]
