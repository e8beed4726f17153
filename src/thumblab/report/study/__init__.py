"""The page of a study: sentence, forest plot, audit, and everything below them, in one offline file."""

from thumblab.report.study.from_runs import page_of_runs as page_of_runs
from thumblab.report.study.from_study import page_of as page_of
from thumblab.report.study.page import study_page as study_page
from thumblab.report.study.page import write_study_page as write_study_page
from thumblab.report.study.shown import StudyArm as StudyArm
from thumblab.report.study.shown import StudyPage as StudyPage
