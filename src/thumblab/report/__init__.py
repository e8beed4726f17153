"""Pages and tables for people.

A page is one file that opens from disk with the network off: nothing in it is fetched, and every
name from outside is shown as text.
"""

from thumblab.report.page import write_page as write_page
from thumblab.report.plot import plot as plot
