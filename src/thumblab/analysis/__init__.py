"""What a network learned: pure functions of arrays.

A ``guess`` is the class a network puts first, one an image; ``labels`` are the truth. Both are
class indices, and every function reads the guesses or logits first and the labels second.

Left out: anything that reads a file, draws, or trains.
"""

from thumblab.analysis.accuracy import accuracy as accuracy
from thumblab.analysis.accuracy import accuracy_interval as accuracy_interval
from thumblab.analysis.accuracy import top_k_accuracy as top_k_accuracy
from thumblab.analysis.calibration import Reliability as Reliability
from thumblab.analysis.calibration import expected_calibration_error as expected_calibration_error
from thumblab.analysis.calibration import reliability as reliability
from thumblab.analysis.confusion import ConfusedPair as ConfusedPair
from thumblab.analysis.confusion import confusion as confusion
from thumblab.analysis.confusion import most_confused as most_confused
from thumblab.analysis.confusion import row_normalised as row_normalised
from thumblab.analysis.cross_entropy import cross_entropies as cross_entropies
from thumblab.analysis.cross_entropy import probabilities as probabilities
from thumblab.analysis.order import confusion_order as confusion_order
from thumblab.analysis.per_class import Averages as Averages
from thumblab.analysis.per_class import ClassScores as ClassScores
from thumblab.analysis.per_class import averages as averages
from thumblab.analysis.per_class import class_scores as class_scores
