import json
import os
import platform
import time
from pathlib import Path

import pytest

from thumblab.core.errors import UsageError
from thumblab.study import lease as module
from thumblab.study.lease import LeaseLostError, Leases


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.02)


def as_another_machine(path: Path) -> None:
    """As if the lease's holder were elsewhere, where locks tell nothing."""
    path.write_bytes(b'{"holder": "elsewhere:1"}')


def test_of_many_claims_one_succeeds(tmp_path: Path) -> None:
    first, second = Leases(tmp_path), Leases(tmp_path)
    lease = first.claim("a")
    assert lease is not None
    with lease:
        assert lease.held
        assert second.claim("a") is None
        assert first.claim("a") is None
        assert second.holder("a") == f"{platform.node()}:{os.getpid()}"
        assert second.claim("b") is not None
    assert second.holder("a") is None
    assert second.claim("a") is not None


def test_a_lease_that_its_process_left_is_taken_over_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.3").write_text(json.dumps({"holder": "here:1", "machine": module._machine()}))
    leases = Leases(tmp_path)
    assert leases.holder("a") is None
    lease = leases.claim("a")
    assert lease is not None
    with lease:
        assert (lease.attempt, lease.others) == (4, [])  # nothing is left of who has ended


def test_a_machine_of_the_same_name_is_another(tmp_path: Path) -> None:
    (tmp_path / "a.1").write_text(json.dumps({"holder": f"{platform.node()}:1", "machine": "?"}))
    assert Leases(tmp_path).claim("a") is None


def test_a_lease_of_another_machine_is_taken_over_once_it_stands_still(tmp_path: Path) -> None:
    as_another_machine(tmp_path / "a.1")
    leases = Leases(tmp_path, grace=0.05)
    assert leases.claim("a") is None
    assert leases.claim("a") is None  # too early
    (tmp_path / "a.1").write_bytes(b'{"holder": "elsewhere:1", "beats": 2}')
    time.sleep(0.06)
    assert leases.claim("a") is None  # it has moved
    time.sleep(0.06)
    lease = leases.claim("a")
    assert lease is not None
    assert lease.attempt == 2


def test_who_was_overtaken_notices(tmp_path: Path) -> None:
    lease = Leases(tmp_path).claim("a")
    assert lease is not None
    with lease:
        lease.check()
        (tmp_path / "a.2").write_bytes(b"{}")
        assert not lease.held
        with pytest.raises(LeaseLostError, match="taken over"):
            lease.check()
    assert LeaseLostError.exit_code == 75
    assert (tmp_path / "a.2").exists()


def test_who_was_overtaken_and_outlived_the_other_does_not_hold_again(tmp_path: Path) -> None:
    lease = Leases(tmp_path).claim("a")
    assert lease is not None
    with lease:
        (tmp_path / "a.1").unlink()
        (tmp_path / "a.1").write_bytes(b"{}")  # a fresh lease of the same number
        assert not lease.held
    assert (tmp_path / "a.1").exists()


def test_a_lease_moves_while_it_is_held(tmp_path: Path) -> None:
    lease = Leases(tmp_path).claim("a")
    assert lease is not None
    with lease:
        before = (tmp_path / "a.1").read_bytes()
        until = time.monotonic() + 5
        while (tmp_path / "a.1").read_bytes() == before:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert not lease.overtaken


def test_who_was_overtaken_learns_it_at_the_next_beat(tmp_path: Path) -> None:
    lease = Leases(tmp_path).claim("a")
    assert lease is not None
    with lease:
        (tmp_path / "a.2").write_bytes(b"{}")
        until = time.monotonic() + 5
        while not lease.overtaken:
            assert time.monotonic() < until
            time.sleep(0.01)


def test_two_leases_of_one_process_never_say_the_same(tmp_path: Path) -> None:
    said = []
    for _ in range(2):
        lease = Leases(tmp_path).claim("a")
        assert lease is not None
        with lease:
            said.append((tmp_path / "a.1").read_bytes())
    assert said[0] != said[1]


def test_a_lease_whose_files_go_while_it_is_looked_at_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Leases(tmp_path).claim("a")
    assert lease is not None
    with lease:
        monkeypatch.setattr(module, "attempts", lambda *_: [])
        assert not lease.held


def test_what_is_finished_has_no_lease_left(tmp_path: Path) -> None:
    (tmp_path / "a.1").write_bytes(b"{}")
    leases = Leases(tmp_path, grace=-1)
    leases.claim("a")
    found = leases.claim("a")
    assert found is not None
    with found:
        assert found.others == [1]
        found.finish()
        found.finish()
    assert not list(tmp_path.iterdir())


def test_what_has_failed_is_not_claimed_until_it_is_forgiven(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.fail("a", "no memory")
    assert leases.failure("a") == "no memory"
    assert leases.claim("a") is None
    leases.forgive("a")
    assert leases.failure("a") is None
    assert leases.claim("a") is not None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        Leases(tmp_path / "file" / "leases")
