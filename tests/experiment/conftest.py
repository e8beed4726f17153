"""The finished run of tests.training.conftest, for the tests of this folder."""

from tests.training.conftest import finished as finished
from tests.training.conftest import run as run
