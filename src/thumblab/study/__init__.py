"""Studies: what is compared is declared, run wherever there are machines, and answered in words that hold."""

from thumblab.study.cells import Cell as Cell
from thumblab.study.cells import cells as cells
from thumblab.study.cells import read_data as read_data
from thumblab.study.edits import edited as edited
from thumblab.study.event import Event as Event
from thumblab.study.file import read_study as read_study
from thumblab.study.lock import Lock as Lock
from thumblab.study.lock import lock_study as lock_study
from thumblab.study.lock import read_lock as read_lock
from thumblab.study.merging import merge_runs as merge_runs
from thumblab.study.more import more_seeds as more_seeds
from thumblab.study.planning import Plan as Plan
from thumblab.study.planning import plan as plan
from thumblab.study.running import run as run
from thumblab.study.search import Search as Search
from thumblab.study.status import counts as counts
from thumblab.study.status import status as status
from thumblab.study.study import Arm as Arm
from thumblab.study.study import Question as Question
from thumblab.study.study import Seeds as Seeds
from thumblab.study.study import Study as Study
