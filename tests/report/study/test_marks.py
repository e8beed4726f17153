from thumblab.report.study.marks import CLASS, key, mark
from thumblab.verdict import WORDS


def test_every_word_has_a_shape_or_a_filling_of_its_own():
    assert set(CLASS) == set(WORDS)
    assert len(set(CLASS.values())) == len(WORDS)
    shapes = {word: mark(word).partition(' d="')[2] for word in WORDS}
    same = [word for word in WORDS if shapes[word] == shapes["better"]]
    assert same == ["better", "better on these images"]  # filled and hollow
    assert len(set(shapes.values())) == 5


def test_the_key_is_hidden_from_readers_who_hear_the_word():
    assert 'aria-hidden="true"' in key("better")
