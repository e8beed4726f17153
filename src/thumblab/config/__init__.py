"""Values as text: one grammar for the command line and for experiment files, both ways.

``name:argument=value,argument=value``; the numbers of a tuple are joined by ``-``, several values
by ``+``; a value inside another stands in parentheses: ``sgd:lr=(one_cycle:max_lr=0.4)``.
What a text means comes from the annotations of the dataclass or function that it names.
A setting changes what it names, and the rest stays as it was (see ``optimization.py``).

Left out: expressions, references between keys, and architectures spelled layer by layer (write a
function in a file of your own and name it ``module:function``).
"""

from thumblab.config.experiment import Plan as Plan
from thumblab.config.experiment import plan as plan
from thumblab.config.file import read_file as read_file
from thumblab.config.fit import fit as fit
from thumblab.config.formatting import format_value as format_value
from thumblab.config.load import load as load
from thumblab.config.model import Model as Model
from thumblab.config.model import find_model as find_model
from thumblab.config.model import zoo_models as zoo_models
from thumblab.config.names import import_own as import_own
from thumblab.config.names import known as known
from thumblab.config.problem import SettingsError as SettingsError
from thumblab.config.source import find_source as find_source
