"""What may be said of ways of training after a few seeds each: pure functions of hits."""

from thumblab.verdict.comparison import Comparison as Comparison
from thumblab.verdict.describe import Description as Description
from thumblab.verdict.describe import describe as describe
from thumblab.verdict.judge import judge as judge
from thumblab.verdict.judge import judge_factors as judge_factors
from thumblab.verdict.judge import judge_scores as judge_scores
from thumblab.verdict.looks import e_value as e_value
from thumblab.verdict.looks import look_levels as look_levels
from thumblab.verdict.numbers import Number as Number
from thumblab.verdict.numbers import numbers_in as numbers_in
from thumblab.verdict.numbers import unsupported_numbers as unsupported_numbers
from thumblab.verdict.power import pilot_sd as pilot_sd
from thumblab.verdict.power import power as power
from thumblab.verdict.power import seeds_needed as seeds_needed
from thumblab.verdict.power import smallest_visible as smallest_visible
from thumblab.verdict.tested import WORDS as WORDS
from thumblab.verdict.tested import Intervals as Intervals
from thumblab.verdict.tested import Tested as Tested
from thumblab.verdict.tested import Word as Word
from thumblab.verdict.verdict import ArmVerdict as ArmVerdict
from thumblab.verdict.verdict import Verdict as Verdict
