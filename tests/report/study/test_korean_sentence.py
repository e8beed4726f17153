import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from thumblab.report.study.words import Words
from thumblab.verdict import judge

RNG = np.random.default_rng(0)
EASE = RNG.beta(5, 1, 2000)
HITS = {
    name: RNG.random((5, 2000)) < np.clip(EASE + more, 0, 1)
    for name, more in (("plain", 0.0), ("same", 0.0), ("better", 0.05), ("worse", -0.05))
}


@pytest.mark.parametrize("matters", [None, 0.005, 0.1])
def test_the_numbers_are_those_of_the_verdict(matters):
    verdict = judge(HITS, matters=matters)
    for found in verdict.comparisons:
        told = Words("ko").sentence(found)
        assert told.startswith(f"{found.arm} (plain 대비): {Words('ko').word(found.word)}")
        numbers = [float(each) for each in re.findall(r"[+-]\d+\.\d+", told)]
        interval: Any = found.equivalence if "의미 있는" in told else found.images_like_these
        wanted = [found.difference, *interval]
        assert np.allclose(numbers, 100 * np.array(wanted), atol=0.051)


def test_what_cannot_be_compared_is_told():
    found = judge(HITS).comparisons[0]
    korean = Words("ko").sentence
    assert "무효. 이유" in korean(replace(found, reason="이유"))
    assert "시드 하나로는" in korean(replace(found, seeds=1))
    assert "시드가 없습니다" in korean(replace(found, difference=None))
    assert "이 이미지들" in korean(replace(found, images_like_these=None))
    told = korean(replace(found, matters=0.001, seeds_needed=77, adjusted=1.0))
    assert "시드 77개면 0.1%p" in told
