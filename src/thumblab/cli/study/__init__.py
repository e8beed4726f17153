"""``thumblab study``: a command of commands, a file each."""

from __future__ import annotations

from cyclopts import App, Group, Parameter

from thumblab.cli.defaults import shown
from thumblab.cli.study.audit import audit
from thumblab.cli.study.dashboard import dashboard
from thumblab.cli.study.figure import figure
from thumblab.cli.study.lock import lock
from thumblab.cli.study.merge import merge
from thumblab.cli.study.more import more
from thumblab.cli.study.plan import plan
from thumblab.cli.study.rebuild import rebuild
from thumblab.cli.study.report import report
from thumblab.cli.study.run import run
from thumblab.cli.study.search import search
from thumblab.cli.study.shard import shard
from thumblab.cli.study.status import status
from thumblab.cli.study.store import store
from thumblab.cli.study.table import table
from thumblab.cli.study.verdict import verdict

HELP = """Compare ways of training over seeds: declare in a file, run, and ask for a verdict.

Example: `thumblab study run studies/demo.toml --workers 2`
"""

VERBS = (
    plan, lock, search, run, status, verdict, audit, report, table, figure, store, more, shard, merge,
    dashboard, rebuild,
)  # fmt: skip


def study_app(group: Group) -> App:
    """The commands of ``thumblab study``, which stands in ``group``."""
    app = App(
        name="study",
        group=group,
        help_epilogue="",
        group_commands=Group("Commands"),
        help=HELP,
        help_format="plaintext",
        default_parameter=Parameter(negative="", show_default=shown),
    )
    for verb in VERBS:
        app.command(verb, name=verb.__name__, help_epilogue="")
    return app
