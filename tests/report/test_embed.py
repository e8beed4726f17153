from __future__ import annotations

import gzip
import json
from base64 import b64decode

import pytest
from jinja2 import UndefinedError

from tests.report.conftest import HOSTILE
from thumblab.report.embed import environment, finite, plotly


def test_json_in_a_script_cannot_close_it() -> None:
    text = environment().from_string("{{ names | tojson }}").render(names=HOSTILE)
    assert not set("<>&'\u2028") & set(text)
    assert tuple(json.loads(text)) == HOSTILE


def test_values_are_escaped_in_text_and_attributes() -> None:
    text = environment().from_string('<p title="{{ x }}">{{ x }}</p>').render(x="\"'<&>")
    assert text == '<p title="&#34;&#39;&lt;&amp;&gt;">&#34;&#39;&lt;&amp;&gt;</p>'


def test_a_name_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ missing }}").render()


def test_numbers_that_json_lacks_become_none() -> None:
    value = {"a": [float("nan"), 1.5, (float("inf"), 2)], "b": "nan"}
    assert finite(value) == {"a": [None, 1.5, [None, 2]], "b": "nan"}


def test_the_charting_library_comes_out_whole_and_the_same_each_time() -> None:
    packed = plotly()
    assert gzip.decompress(b64decode(packed)).lstrip().startswith(b"/*")
    assert len(packed) < 2.5e6
    assert packed == plotly()
