"""``python -m thumblab``."""

import sys

# Python puts the current folder first: a random.py of the user's would stand in for Python's own.
if sys.path and not sys.flags.safe_path:
    sys.path.append(sys.path.pop(0))

from thumblab.cli.app import main

sys.exit(main())
