from __future__ import annotations

import json

from thumblab.audit import Finding


def found(severity: str, code: str) -> Finding:
    return Finding(code, severity, "what", {"seeds": 1}, "why", "do", "here")  # type: ignore[arg-type]


def test_json_has_the_seven_entries() -> None:
    told = json.loads(json.dumps(found("error", "S04").to_json()))
    assert list(told) == ["code", "severity", "what", "evidence", "why", "remedy", "subject"]
    assert told["evidence"] == {"seeds": 1}


def test_the_worst_comes_first() -> None:
    each = [
        found("note", "A01"),
        found("warning", "A01"),
        found("error", "B01"),
        found("error", "A02"),
    ]
    order = [(f.severity, f.code) for f in sorted(each, key=lambda finding: finding.place)]
    assert order == [("error", "A02"), ("error", "B01"), ("warning", "A01"), ("note", "A01")]
