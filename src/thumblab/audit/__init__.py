"""What can be wrong with an experiment, looked for in run folders and data: 52 rules.

A rule is a value with the function that looks (see ``rule.py``), one family a package. Evidence comes from
the run folders and the data alone; weights before training are derived from the seed again. An error makes
a verdict on these runs void, a warning says that it may mislead, and a note is worth knowing.

Left out: anything that changes a run, and anything that scores test images.
"""

from thumblab.audit.catalog import FAMILIES as FAMILIES
from thumblab.audit.catalog import RULES as RULES
from thumblab.audit.catalog import asked as asked
from thumblab.audit.catalog import audit as audit
from thumblab.audit.catalog import rule_named as rule_named
from thumblab.audit.declaration import Declaration as Declaration
from thumblab.audit.declaration import Deviation as Deviation
from thumblab.audit.declaration import PrintedVerdict as PrintedVerdict
from thumblab.audit.declaration import Search as Search
from thumblab.audit.examined import Examined as Examined
from thumblab.audit.finding import Finding as Finding
from thumblab.audit.finding import Severity as Severity
from thumblab.audit.rule import Observation as Observation
from thumblab.audit.rule import Rule as Rule
from thumblab.audit.split_data import SplitData as SplitData
from thumblab.audit.subject import Subject as Subject
