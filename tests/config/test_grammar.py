import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thumblab.config.grammar import Call, bare, call, numbers, quote, split, unquote
from thumblab.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("flip", "flip", {}),
        (" crop : pad = 4 , mode = reflect ", "crop", {"pad": "4", "mode": "reflect"}),
        ("own:net", "own:net", {}),
        ("own.deep:net:width=8", "own.deep:net", {"width": "8"}),
        ("(step:milestones=0.3-0.6)", "step", {"milestones": "0.3-0.6"}),
        (
            "warmup:after=(step:milestones=0.3,factor=0.1)",
            "warmup",
            {"after": "(step:milestones=0.3,factor=0.1)"},
        ),
        ('folder:path="a,b=c"', "folder", {"path": '"a,b=c"'}),
        ("folder:path=a:b=c", "folder", {"path": "a:b=c"}),
    ],
)
def test_a_call_is_a_name_and_arguments(text, name, arguments):
    assert call(text) == Call(name, arguments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a name with arguments; write name:argument=value"),
        ("sgd:", "is not a name with arguments"),
        (":a=1", "is not a name with arguments"),
        ("sgd:a=", "'a=' is no argument; write argument=value"),
        ("sgd:=1", "'=1' is no argument"),
        ("sgd:a=1,,b=2", "'' is no argument"),
        ("sgd:a=1,a=2", "argument 'a' is given twice; give it once"),
        ("sgd:a=(1", "has an unpaired parenthesis; pair it"),
        ("sgd:a=1)", "has an unpaired parenthesis"),
        ("a:b=(" * 400 + ")" * 400, "parentheses are nested more than 40 deep"),
        ('sgd:a="1', "has an unpaired quote"),
    ],
)
def test_what_is_no_call_is_refused(text, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        call(text)


def test_marks_in_quotes_and_parentheses_do_not_cut():
    assert split('a+(b+c)+"d+\\"+e"', "+") == ["a", "(b+c)", '"d+\\"+e"']


def test_parentheses_are_taken_off_only_if_they_are_one_pair():
    assert bare(" ((a)) ") == "a"
    assert bare("(a)+(b)") == "(a)+(b)"
    assert bare("(a") == "(a"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("32-64-128", ["32", "64", "128"]),
        ("32", ["32"]),
        ("1e-3", ["1e-3"]),
        ("1e-3-1E+4", ["1e-3", "1E+4"]),
        ("-1--2", ["-1", "-2"]),
        (".5-1.", [".5", "1."]),
        ("32-", []),
        ("a-b", []),
        ("1e", []),
    ],
)
def test_numbers_are_joined_by_minus_and_an_exponent_is_no_joint(text, found):
    assert numbers(text) == found


@settings(deadline=None)
@given(st.text())
def test_quoted_texts_come_back(text):
    assert unquote(quote(text)) == text
    assert split(quote(text), ",") == [quote(text)]


def test_half_a_quote_is_refused():
    with pytest.raises(UsageError, match="is not one quoted text; quote all of it, once"):
        unquote('"a" b')
