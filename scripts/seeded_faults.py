"""The old behavior of each kind of fault in ``tests/faults.md``, as bugs; a name begins with the kind.

Two kinds have none, 44 and 52: they are about the tests themselves, and the machines and versions that they
are run with. Those of kind 56 are the last of ``seeded_bugs``.
"""

from __future__ import annotations

from seeded_answers import ANSWERS
from seeded_bugs import Bug
from seeded_damage import DAMAGE
from seeded_data_sets import DATA_SETS
from seeded_numerics import NUMERICS
from seeded_pictures import PICTURES
from seeded_surroundings import SURROUNDINGS

FAULTS: tuple[Bug, ...] = (
    *ANSWERS,
    *PICTURES,
    *DATA_SETS,
    *NUMERICS,
    *SURROUNDINGS,
    *DAMAGE,
)
