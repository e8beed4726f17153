import re
from pathlib import Path
from string import Formatter

import pytest

from thumblab.report.study import words
from thumblab.report.study.words import Words, texts
from thumblab.verdict import WORDS

FOLDER = Path(words.__file__).parent
TEMPLATES = FOLDER.parent / "templates" / "study"
ENGLISH, KOREAN = texts("en"), texts("ko")


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_tables_have_the_same_texts_with_the_same_values():
    assert ENGLISH.keys() == KOREAN.keys()
    for key, text in ENGLISH.items():
        other = KOREAN[key]
        if key == "words":
            assert text.keys() == other.keys() == set(WORDS)
        else:
            assert fields(text) == fields(other), key
            assert other.strip(), key


def test_no_text_is_left_untranslated():
    same = {key for key, text in ENGLISH.items() if KOREAN[key] == text}
    assert same == {"flops"}
    plain = [text for key, text in KOREAN.items() if key not in ("words", "points", "to", "flops")]
    assert all(re.search("[가-힣]", text) for text in plain)


def test_every_text_is_said_somewhere():
    said = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    said += "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    unsaid = [key for key in ENGLISH if f'"{key}"' not in said]
    assert unsaid == ["of_validation", "of_test"]  # made of the part's name


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_word_of_a_verdict_is_told(language):
    assert all(Words(language).word(word) for word in WORDS)
