"""``python -m thumblab``."""

import sys

from thumblab.cli import main

sys.exit(main())
