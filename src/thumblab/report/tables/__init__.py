"""Tables as files: a list of rows as CSV, JSON, Markdown or LaTeX."""

from thumblab.report.tables.csv_table import csv_table as csv_table
from thumblab.report.tables.json_table import json_table as json_table
from thumblab.report.tables.latex_table import latex_table as latex_table
from thumblab.report.tables.markdown_table import markdown_table as markdown_table
from thumblab.report.tables.rows import Cell as Cell
from thumblab.report.tables.rows import Row as Row
from thumblab.report.tables.write import table_text as table_text
from thumblab.report.tables.write import write_table as write_table
