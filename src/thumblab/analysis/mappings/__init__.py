"""From fine classes to coarse ones: rules that read the logits of a network that is left as it is.

One rule a file; what is imported here exists, in the order of the tables: the four of report R0
first, the plain one before all.

Left out: networks with a coarse output of their own (train them with ``losses.Hierarchical``).
"""

from thumblab.analysis.mappings.argmax_group import ArgmaxGroup as ArgmaxGroup
from thumblab.analysis.mappings.coarse_head import CoarseHead as CoarseHead
from thumblab.analysis.mappings.entropy_weighted import EntropyWeighted as EntropyWeighted
from thumblab.analysis.mappings.group_sum import GroupSum as GroupSum
from thumblab.analysis.mappings.mapping import Mapping as Mapping
from thumblab.analysis.mappings.mapping import cross_fitted as cross_fitted
from thumblab.analysis.mappings.mapping import fitted as fitted
from thumblab.analysis.mappings.soft_label_mean import SoftLabelMean as SoftLabelMean
from thumblab.analysis.mappings.tempered_sum import TemperedSum as TemperedSum
from thumblab.analysis.mappings.validation_weighted import ValidationWeighted as ValidationWeighted
