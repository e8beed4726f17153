"""What a network learned: pure functions of arrays.

A ``guess`` is the class a network puts first, one an image; ``labels`` are the truth. Both are
class indices, and every function reads the guesses or logits first and the labels second.
``mappings`` holds the rules from fine classes to coarse ones.

Left out: anything that reads a file, draws, or trains a network.
"""

from thumblab.analysis import mappings as mappings
from thumblab.analysis.accuracy import accuracy as accuracy
from thumblab.analysis.accuracy import accuracy_interval as accuracy_interval
from thumblab.analysis.accuracy import top_k_accuracy as top_k_accuracy
from thumblab.analysis.accuracy import wilson as wilson
from thumblab.analysis.bootstrap import bootstrap_interval as bootstrap_interval
from thumblab.analysis.bootstrap import macro_f1_interval as macro_f1_interval
from thumblab.analysis.brier import brier_score as brier_score
from thumblab.analysis.calibration import Reliability as Reliability
from thumblab.analysis.calibration import expected_calibration_error as expected_calibration_error
from thumblab.analysis.calibration import reliability as reliability
from thumblab.analysis.chance import Chance as Chance
from thumblab.analysis.chance import chance as chance
from thumblab.analysis.characters import character_parts as character_parts
from thumblab.analysis.characters import digit_or_letter as digit_or_letter
from thumblab.analysis.characters import merged_cases as merged_cases
from thumblab.analysis.confusable import ConfusableGroup as ConfusableGroup
from thumblab.analysis.confusable import confusable_groups as confusable_groups
from thumblab.analysis.confusable import mutual_confusion as mutual_confusion
from thumblab.analysis.confusion import ConfusedPair as ConfusedPair
from thumblab.analysis.confusion import confusion as confusion
from thumblab.analysis.confusion import most_confused as most_confused
from thumblab.analysis.confusion import row_normalized as row_normalized
from thumblab.analysis.contributions import accuracy_contributions as accuracy_contributions
from thumblab.analysis.contributions import macro_f1_contributions as macro_f1_contributions
from thumblab.analysis.contributions import recall_contributions as recall_contributions
from thumblab.analysis.cross_entropy import cross_entropies as cross_entropies
from thumblab.analysis.cross_entropy import negative_log_likelihood as negative_log_likelihood
from thumblab.analysis.cross_entropy import probabilities as probabilities
from thumblab.analysis.ensemble import ensemble as ensemble
from thumblab.analysis.grouping import Grouping as Grouping
from thumblab.analysis.hierarchy import consistency as consistency
from thumblab.analysis.hierarchy import errors_inside_groups as errors_inside_groups
from thumblab.analysis.hierarchy import hierarchical_distance as hierarchical_distance
from thumblab.analysis.hierarchy import hierarchical_distances as hierarchical_distances
from thumblab.analysis.holm import holm as holm
from thumblab.analysis.label_map import LabelMap as LabelMap
from thumblab.analysis.label_map import label_map as label_map
from thumblab.analysis.mcnemar import McNemar as McNemar
from thumblab.analysis.mcnemar import mcnemar as mcnemar
from thumblab.analysis.neighbors import Neighbors as Neighbors
from thumblab.analysis.neighbors import nearest_neighbors as nearest_neighbors
from thumblab.analysis.order import confusion_order as confusion_order
from thumblab.analysis.order import group_order as group_order
from thumblab.analysis.overfitting import Overfitting as Overfitting
from thumblab.analysis.overfitting import overconfident_share as overconfident_share
from thumblab.analysis.overfitting import overfitting as overfitting
from thumblab.analysis.pareto import pareto_front as pareto_front
from thumblab.analysis.per_class import Averages as Averages
from thumblab.analysis.per_class import ClassScores as ClassScores
from thumblab.analysis.per_class import averages as averages
from thumblab.analysis.per_class import class_scores as class_scores
from thumblab.analysis.projection import Projection as Projection
from thumblab.analysis.projection import principal_components as principal_components
from thumblab.analysis.projection import t_sne as t_sne
from thumblab.analysis.rarity import RareAndCommon as RareAndCommon
from thumblab.analysis.rarity import rare_and_common as rare_and_common
from thumblab.analysis.rarity import rare_classes as rare_classes
from thumblab.analysis.separation import between_to_within as between_to_within
from thumblab.analysis.separation import silhouette as silhouette
from thumblab.analysis.submatrix import SubMatrix as SubMatrix
from thumblab.analysis.submatrix import group_confusion as group_confusion
from thumblab.analysis.submatrix import sub_matrix as sub_matrix
from thumblab.analysis.temperature import coarse_temperature as coarse_temperature
from thumblab.analysis.temperature import overconfidence as overconfidence
from thumblab.analysis.temperature import temperature as temperature
from thumblab.analysis.valleys import Valley as Valley
from thumblab.analysis.valleys import valleys as valleys
from thumblab.analysis.worst import worst_losses as worst_losses
