"""The runs of tests.training and tests.report, for the tests of this folder."""

from tests.report.conftest import networks as networks
from tests.report.conftest import pair as pair
from tests.report.conftest import write_run as write_run
from tests.training.conftest import finished as finished
from tests.training.conftest import run as run
