"""The options for what errors of the library advise: it names arguments, and no command line."""

from __future__ import annotations

OPTIONS = {
    "amend": "thumblab study lock FILE --amend REASON",
    "data": "--data",
    "device": "--device",
    "download": "thumblab data NAME --download",
    "final": "--final",
    "layer": "--layer",
    "model": "--model",
    "plan": "--plan",
    "resume": "--resume",
    "root": "--from FOLDER",
    "runs": "--runs",
    "search": "thumblab study search FILE",
    "trusted": "--trusted",
}


def advice(error: object) -> str:
    """The options for the remedies of an error, to be said after its message.

    >>> from thumblab.core.errors import DataError
    >>> advice(DataError("mnist is not here", remedies=("download", "root")))
    ' (thumblab data NAME --download, --from FOLDER)'
    """
    named = [OPTIONS[each] for each in getattr(error, "remedies", ())]
    return f" ({', '.join(named)})" if named else ""
