import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from thumblab.study import queue
from thumblab.study.lease import Lease, LeaseLostError, Leases
from thumblab.study.queue import (
    LEASES,
    PART,
    UNFINISHED,
    claims,
    is_done,
    publish,
    put,
    tidy,
    workplace,
)

STRESS = """
import json, os, sys
from pathlib import Path
from thumblab.storage import sealed
from thumblab.study.queue import claims, publish, workplace
runs, first = Path(sys.argv[1]), int(sys.argv[2])
for lease in claims([f"{n:012d}" for n in range(int(sys.argv[3]))], runs, first=first):
    folder = workplace(runs, lease)
    (folder / lease.name).mkdir()
    sealed.write(folder / lease.name / "result.json", {"status": "done"})
    with (runs / "log").open("a") as log:
        log.write(f"{lease.name} {os.getpid()}\\n")
    publish(runs, lease, folder)
"""


def result(folder: Path, name: str, status: str = "done", **more: object) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "result.json").write_text(json.dumps({"status": status, **more}))


@pytest.fixture(autouse=True)
def _end_of_claims() -> Iterator[None]:
    yield
    open_claims.clear()


open_claims: list[Iterator[Lease]] = []


def claimed(runs: Path, **options: object) -> Lease:
    """The lease of ``a``, held until the test ends."""
    open_claims.append(claims(["a"], runs, **options))
    return next(open_claims[-1])


def test_each_thing_is_claimed_once_and_what_is_done_is_not(tmp_path: Path) -> None:
    result(tmp_path, "b")
    seen = []
    for lease in claims(["a", "b", "c"], tmp_path):
        seen.append(lease.name)
        folder = workplace(tmp_path, lease)
        result(folder, lease.name)
        publish(tmp_path, lease, folder)
    assert seen == ["a", "c"]
    assert all(is_done(tmp_path, name) for name in "abc")
    assert not list((tmp_path / LEASES).iterdir())
    assert not list((tmp_path / UNFINISHED).iterdir())


def test_workers_begin_with_different_things(tmp_path: Path) -> None:
    for first, name in ((0, "a"), (1, "b"), (4, "b")):
        assert next(claims(["a", "b", "c"], tmp_path, first=first)).name == name


def test_what_has_failed_is_left_out_and_others_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "POLL_SECONDS", 0.01)
    Leases(tmp_path / LEASES).fail("a", "no memory")
    other = Leases(tmp_path / LEASES).claim("b")
    assert other is not None
    assert list(claims(["a", "b"], tmp_path, wait=False)) == []

    def end() -> None:
        time.sleep(0.05)
        result(tmp_path, "b")
        other.finish()

    thread = threading.Thread(target=end)
    thread.start()
    assert list(claims(["a", "b"], tmp_path)) == []
    thread.join()
    assert is_done(tmp_path, "b")


def test_nothing_is_claimed_once_a_stop_was_asked_for(tmp_path: Path) -> None:
    assert list(claims(["a"], tmp_path, should_stop=lambda: True)) == []


def test_a_new_attempt_has_what_the_last_one_saved(tmp_path: Path) -> None:
    for attempt, lines in (("a.1.7", "{}\n"), ("a.2.8", "{}\n{}\n"), ("a.3.9", "")):
        folder = tmp_path / UNFINISHED / attempt / "a"
        folder.mkdir(parents=True)
        (folder / "metrics.jsonl").write_text(lines)
        (folder / ".lock").write_text("")
    lease = claimed(tmp_path)
    folder = workplace(tmp_path, lease)
    assert (folder / "a" / "metrics.jsonl").read_text() == "{}\n{}\n"
    assert not (folder / "a" / ".lock").exists()
    assert not (tmp_path / UNFINISHED / "a.2.8").exists()


def test_what_a_process_that_stands_still_may_write_is_spared(tmp_path: Path) -> None:
    (tmp_path / LEASES).mkdir()
    (tmp_path / LEASES / "a.1").write_text('{"holder": "elsewhere:7"}')
    folder = tmp_path / UNFINISHED / "a.1.7" / "a"
    folder.mkdir(parents=True)
    lease = claimed(tmp_path, leases=Leases(tmp_path / LEASES, grace=-1))
    assert lease.attempt == 2
    workplace(tmp_path, lease)
    assert folder.exists()


def test_a_copy_that_was_cut_off_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED / "a.1.7" / PART / "checkpoints").mkdir(parents=True)
    (tmp_path / UNFINISHED / "a.1.7" / PART / "metrics.jsonl").write_text("{}\n{}\n")
    folder = workplace(tmp_path, claimed(tmp_path))
    assert not (folder / "a").exists()
    assert not (tmp_path / UNFINISHED / "a.1.7").exists()


def test_who_is_killed_while_it_copies_leaves_nothing_that_is_taken_for_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / UNFINISHED / "a.1.7" / "a").mkdir(parents=True)

    def cut_off(source: Path, target: Path, **_: object) -> None:
        target.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copytree", cut_off)
    with pytest.raises(KeyboardInterrupt):
        workplace(tmp_path, claimed(tmp_path))
    assert [path.parent.name for path in (tmp_path / UNFINISHED).glob("a.*/a")] == ["a.1.7"]


def test_a_result_that_comes_while_another_is_put_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result(tmp_path, "a", weights_sha256="1")
    result(tmp_path / UNFINISHED / "a.2.7", "a", weights_sha256="1", late=True)
    monkeypatch.setattr(queue, "is_done", lambda *_: False)  # as it was when it was looked at
    with pytest.raises(OSError, match="a"):
        put(tmp_path, "a", tmp_path / UNFINISHED / "a.2.7" / "a")
    assert "late" not in (tmp_path / "a" / "result.json").read_text()


def test_what_is_left_of_things_that_are_done_is_removed(tmp_path: Path) -> None:
    result(tmp_path, "a")
    for name in ("a.1.7", "b.1.7"):
        (tmp_path / UNFINISHED / name).mkdir(parents=True)
    (tmp_path / LEASES).mkdir()
    for name in ("a.1", "b.1", "c.1"):
        (tmp_path / LEASES / name).write_text("{}")
    tidy(tmp_path, ["a", "b"])
    assert [path.name for path in (tmp_path / UNFINISHED).iterdir()] == ["b.1.7"]
    assert sorted(path.name for path in (tmp_path / LEASES).iterdir()) == ["b.1", "c.1"]


def test_a_run_that_was_begun_outside_is_taken_up(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "metrics.jsonl").write_text("{}\n")
    lease = claimed(tmp_path)
    folder = workplace(tmp_path, lease)
    assert (folder / "a" / "metrics.jsonl").exists()
    result(folder, "a")
    publish(tmp_path, lease, folder)
    assert is_done(tmp_path, "a")


def test_nothing_is_published_without_the_lease(tmp_path: Path) -> None:
    lease = claimed(tmp_path)
    folder = workplace(tmp_path, lease)
    result(folder, "a")
    (tmp_path / LEASES / "a.2").write_text("{}")
    with pytest.raises(LeaseLostError):
        publish(tmp_path, lease, folder)
    assert not folder.exists()
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("digest", ["1", "2"])
def test_a_second_result_is_dropped_and_a_different_one_warned_of(
    tmp_path: Path, digest: str
) -> None:
    lease = claimed(tmp_path)
    folder = workplace(tmp_path, lease)
    result(folder, "a", weights_sha256=digest)
    result(tmp_path, "a", weights_sha256="1")
    if digest == "1":
        publish(tmp_path, lease, folder)
    else:
        with pytest.warns(UserWarning, match="differs from the first in weights_sha256"):
            publish(tmp_path, lease, folder)
    assert json.loads((tmp_path / "a" / "result.json").read_text())["weights_sha256"] == "1"
    assert not list((tmp_path / UNFINISHED).iterdir())


def test_many_processes_do_everything_once(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen([sys.executable, "-c", STRESS, str(tmp_path), str(n), "40"])
        for n in range(4)
    ]
    assert [worker.wait() for worker in workers] == [0] * 4
    names = [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()]
    assert sorted(names) == [f"{n:012d}" for n in range(40)]
    assert all(is_done(tmp_path, name) for name in names)


def test_what_a_killed_process_held_is_done_by_another(tmp_path: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from thumblab.study.queue import claims\n"
    hold += "all = claims(['a'], Path(sys.argv[1])); next(all)\n"
    hold += "print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert list(claims(["a"], tmp_path, wait=False)) == []
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert claimed(tmp_path).attempt == 2
