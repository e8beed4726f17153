"""Trust is remembered by what the code says."""

from thumblab.runs import trust


def test_trust_is_of_exactly_this_text() -> None:
    texts = {"mine": b"x = 1\n"}
    assert not trust.is_trusted(texts)
    trust.trust(texts)
    trust.trust(texts)
    assert trust.is_trusted(texts)
    assert not trust.is_trusted({"mine": b"x = 2\n"})
    assert not trust.is_trusted({"yours": b"x = 1\n"})
    assert trust.trust_file().read_text().splitlines().count(trust.name_of(texts)) == 1
