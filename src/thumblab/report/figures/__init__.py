"""Figures for papers and slides: functions of arrays that give a figure of matplotlib's, one kind a file.

Text stays text in SVG and PDF, axes of epochs have whole numbers, no meaning is in the color alone, and the
same arrays give the same bytes. matplotlib is an extra: ``pip install 'thumblab[figures]'``.
"""

from thumblab.report.figures.class_counts import class_counts as class_counts
from thumblab.report.figures.confusion import confusion as confusion
from thumblab.report.figures.curves import CurvePanel as CurvePanel
from thumblab.report.figures.curves import curves as curves
from thumblab.report.figures.forest import forest as forest
from thumblab.report.figures.mapping import mapping as mapping
from thumblab.report.figures.pca import Projected as Projected
from thumblab.report.figures.pca import pca as pca
from thumblab.report.figures.save import figure_bytes as figure_bytes
from thumblab.report.figures.save import write_figure as write_figure
from thumblab.report.figures.size import Size as Size
from thumblab.report.figures.size import find_size as find_size
