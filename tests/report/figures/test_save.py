import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from hashlib import sha256

import pytest

from tests.cli.conftest import environment
from thumblab.core.errors import UsageError
from thumblab.report.figures import CurvePanel, curves, figure_bytes, write_figure

KINDS = ("svg", "pdf", "png")
DIGESTS = "from tests.report.figures.test_save import digests; print(digests())"


def digests():
    return [sha256(figure_bytes(drawn(), kind)).hexdigest() for kind in KINDS]


def drawn():
    lines = {"plain <b>$x$": [[0.5, 0.7], [0.4, 0.8]], "after": [[0.6, 0.9]]}
    return curves([CurvePanel("accuracy", lines, percent=True)])


def test_the_same_arrays_give_the_same_bytes_in_any_process():
    other = subprocess.run(
        [sys.executable, "-c", DIGESTS],
        env=environment(PYTHONHASHSEED="7", SOURCE_DATE_EPOCH="1"),
        check=True,
        capture_output=True,
        text=True,
    )
    assert other.stdout == f"{digests()}\n"


def test_text_is_text_and_there_is_no_date():
    svg = figure_bytes(drawn(), "svg")
    root = ElementTree.fromstring(svg)
    texts = {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"plain <b>$x$", "after", "epoch", "accuracy (%)"} <= texts
    assert b"<dc:date" not in svg
    pdf = figure_bytes(drawn(), "pdf")
    assert b"/CreationDate" not in pdf
    assert b"/FontFile2" in pdf


@pytest.mark.parametrize(("name", "begin"), [("a.svg", b"<?xml"), ("a.PDF", b"%PDF"),
                                             ("a.png", b"\x89PNG")])  # fmt: skip
def test_the_suffix_names_the_format(tmp_path, name, begin):
    written = write_figure(drawn(), tmp_path / "new" / name)
    content = (tmp_path / "new" / name).read_bytes()
    assert (content[: len(begin)], len(content)) == (begin, written)


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"a.jpg is no figure; give it one of the suffixes .svg"):
        write_figure(drawn(), tmp_path / "a.jpg")
