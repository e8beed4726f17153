"""An architecture as a picture: blocks, shapes, parameters and the arcs of residual connections.

Left out: libraries that draw. The picture is a text of a few kilobytes, in light and dark.
"""

from thumblab.report.drawing.diagram import diagram as diagram
from thumblab.report.drawing.picture import draw as draw
