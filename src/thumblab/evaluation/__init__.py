"""What a trained network is worth: predictions, scores, and comparisons between runs."""

from thumblab.core.columns import columns as columns
from thumblab.evaluation.ensemble import EnsembleEvaluation as EnsembleEvaluation
from thumblab.evaluation.ensemble import evaluate_ensemble as evaluate_ensemble
from thumblab.evaluation.evaluate import Evaluation as Evaluation
from thumblab.evaluation.evaluate import evaluate as evaluate
from thumblab.evaluation.predict import ClassProbability as ClassProbability
from thumblab.evaluation.predict import Prediction as Prediction
from thumblab.evaluation.predict import classify as classify
