"""Settings of the documentation site; ``make docs`` builds it, without a network."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "thumblab"
copyright = "the thumblab authors"
version = release = metadata.version("thumblab")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated_pages"]
exclude_patterns = ["_build"]
nitpick_ignore_regex = [
    # Other packages' objects: their pages are on the network, and this site needs none.
    (r"py:.*", r"(?!thumblab\b).*"),
    # Types and modules of the package's inside, which are no part of the interface.
    (r"py:.*", r"thumblab\.(core|kernels|storage|engines)\b.*"),
    # Type variables.
    (r"py:.*", r"thumblab\.[\w.]+\.[A-Z]"),
]

myst_heading_anchors = 3
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"thumblab {version}"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
