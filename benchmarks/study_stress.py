"""Studies under stress: many workers, workers that are killed or stand still, whole runs that are killed.

    python benchmarks/study_stress.py queue    # 8 workers, 200 empty cells, three times
    python benchmarks/study_stress.py freeze   # one worker killed, one stopped beyond its grace and woken
    python benchmarks/study_stress.py kill     # thumblab study run, killed at 20 random moments
    python benchmarks/study_stress.py dask     # 4 workers of Dask, one killed, the scheduler started anew

Each prints a JSON object, which --out writes to a file, and ends with 1 if a cell was lost or done twice, if
anything was left behind, or if a digest differs from that of an undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.storage import sealed

STUDY = Path(__file__).parents[1] / "studies" / "demo.toml"
GRACE = 2.0
WORKER = """
import os, sys, time
from pathlib import Path
from thumblab.storage import sealed
from thumblab.study.lease import LeaseLostError, Leases
from thumblab.study.queue import LEASES, claims, publish, workplace
runs, first, count, seconds, grace = Path(sys.argv[1]), *map(float, sys.argv[2:])
leases = Leases(runs / LEASES, grace=grace)
print("ready", flush=True)
sys.stdin.readline()
for lease in claims([f"{n:012d}" for n in range(int(count))], runs, first=int(first), leases=leases):
    folder = workplace(runs, lease)
    (folder / lease.name).mkdir(exist_ok=True)
    print("began", lease.name, flush=True)
    time.sleep(seconds)
    sealed.write(folder / lease.name / "result.json", {"status": "done", "process": os.getpid()})
    try:
        publish(runs, lease, folder)
    except LeaseLostError:
        print("lost", lease.name, flush=True)
    else:
        print("published", lease.name, flush=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", choices=["queue", "freeze", "kill", "dask"])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    random.seed(options.seed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = {
            "queue": queue,
            "freeze": freeze,
            "kill": lambda place: kill(place, options.kills),
            "dask": dask,
        }[options.what](Path(folder))
    found = {
        "what": options.what,
        "engine_version": ENGINE_VERSION,
        "cores": os.cpu_count(),
    } | found
    text = json.dumps(found, indent=1)
    print(text)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n")
    return 0 if found["good"] else 1


# ----- Empty cells -----


def start(runs: Path, first: int, count: int, seconds: float) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WORKER, runs, first, count, seconds, GRACE]
    return subprocess.Popen(
        list(map(str, arguments)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def go(workers: list[subprocess.Popen[str]]) -> None:
    """Lets all of them begin at one moment."""
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()


def heard(workers: list[subprocess.Popen[str]]) -> Counter[tuple[str, str]]:
    lines = [line for worker in workers for line in worker.communicate()[0].splitlines()]
    return Counter((line.split()[0], line.split()[1]) for line in lines)


def left(runs: Path) -> int:
    """Leases and unfinished folders that are no longer needed."""
    return sum(1 for name in (".leases", ".unfinished") for _ in (runs / name).glob("*"))


def queue(folder: Path, workers: int = 8, cells: int = 200, rounds: int = 3) -> dict[str, Any]:
    rows = []
    for number in range(rounds):
        runs = folder / str(number)
        team = [start(runs, rank * cells // workers, cells, 0) for rank in range(workers)]
        go(team)
        seen = heard(team)
        names = [f"{n:012d}" for n in range(cells)]
        rows.append(
            {
                "results": sum((runs / name / "result.json").exists() for name in names),
                "begun_twice": sum(seen["began", name] > 1 for name in names),
                "published_twice": sum(seen["published", name] > 1 for name in names),
                "left_behind": left(runs),
                "workers_that_failed": sum(worker.returncode != 0 for worker in team),
            }
        )
    good = all(list(row.values()) == [cells, 0, 0, 0, 0] for row in rows)
    return {"workers": workers, "cells": cells, "rounds": rows, "good": good}


def freeze(folder: Path, workers: int = 4, cells: int = 40) -> dict[str, Any]:
    """One worker is killed in the midst of a cell, and one stands still for longer than it may."""
    team = [start(folder, rank * cells // workers, cells, 0.3) for rank in range(workers)]
    go(team)
    names = []
    for worker, how in ((team[0], signal.SIGKILL), (team[1], signal.SIGSTOP)):
        names.append(worker.stdout.readline().split()[1])
        worker.send_signal(how)
    until = time.monotonic() + 120
    while not (folder / names[1] / "result.json").exists() and time.monotonic() < until:
        time.sleep(0.1)
    team[1].send_signal(signal.SIGCONT)
    seen = heard(team)
    every = [f"{n:012d}" for n in range(cells)]
    done = [
        sealed.read(folder / name / "result.json") for name in every if (folder / name).exists()
    ]
    by = {name: sealed.read(folder / name / "result.json")["process"] for name in names}
    values = {
        "results": len(done),
        "published_twice": sum(seen["published", name] > 1 for name in every),
        "of_the_killed_done_by_another": by[names[0]] != team[0].pid,
        "of_the_frozen_done_by_another": by[names[1]] != team[1].pid,
        "frozen_noticed": seen["lost", names[1]] == 1,
        "left_behind": left(folder),
    }
    good = list(values.values()) == [cells, 0, True, True, True, 0]
    return {"workers": workers, "cells": cells, "grace_seconds": GRACE, **values, "good": good}


# ----- Whole studies -----


def command(runs: Path, *more: str) -> list[str]:
    arguments = [sys.executable, "-m", "thumblab", "study", "run", STUDY, "--profile", "quick"]
    return [*map(str, arguments), "--runs", str(runs), *more]


def digests(runs: Path) -> dict[str, tuple[str, str]]:
    found = {path.parent.name: sealed.read(path) for path in runs.glob("*/result.json")}
    return {
        name: (result["weights_sha256"], result["predictions_sha256"])
        for name, result in found.items()
    }


def undisturbed(folder: Path) -> dict[str, tuple[str, str]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command(folder / "whole", "--workers", "2"), check=True, **quiet)
    return digests(folder / "whole")


def kill(folder: Path, kills: int) -> dict[str, Any]:
    """Kills the command, every second time its workers too, and runs it again until it is done."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    whole = undisturbed(folder)
    done = studies = differing = behind = 0
    codes = []
    while done < kills:
        runs, studies = folder / f"killed-{studies}", studies + 1
        code: int | None = None
        while code is None:
            process = subprocess.Popen(command(runs, "--workers", "2"), **quiet)
            try:
                code = process.wait(None if done == kills else random.uniform(1, 15))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                done += 1
                if done % 2:
                    kill_workers(runs)
        codes.append(code)
        found = digests(runs)
        differing += sum(found.get(name) != digest for name, digest in whole.items())
        behind += left(runs)
    values = {"kills": done, "studies": studies, "runs_of_each": len(whole)}
    values |= {"exit_codes": codes, "runs_that_differ": differing, "left_behind": behind}
    return values | {"good": not differing and not behind and not any(codes)}


def kill_workers(runs: Path) -> None:
    for path in (runs / ".leases").glob("*.*"):
        with suppress(OSError, ValueError, KeyError):
            os.kill(int(json.loads(path.read_text())["holder"].rpartition(":")[2]), signal.SIGKILL)


def dask(folder: Path, workers: int = 4) -> dict[str, Any]:
    """Kills a worker of a Dask cluster once it trains, and later its scheduler, which is started anew."""
    whole, port, runs = undisturbed(folder), random.randint(20_000, 30_000), folder / "dask"
    processes = cluster(folder, port, workers)
    log = (folder / "log").open("w")
    client = subprocess.Popen(
        command(runs, "--dask", f"tcp://127.0.0.1:{port}"), stdout=log, stderr=log
    )
    try:
        wait_until(lambda: len(list((runs / ".leases").glob("*.*"))) >= workers, client)
        processes[1].kill()
        wait_until(lambda: "its worker is gone" in (folder / "log").read_text(), client)
        before = len(digests(runs))
        processes[0].kill()
        time.sleep(2)
        end(processes)
        processes = cluster(folder, port, workers)
        code = client.wait(600)
    finally:
        end([client, *processes])
        log.close()
    found, text = digests(runs), (folder / "log").read_text()
    values = {
        "results": len(found),
        "of_them_before_the_scheduler_ended": before,
        "told_of_the_scheduler": "scheduler is gone" in text,
        "told_of_the_worker": "its worker is gone" in text,
        "runs_that_differ": sum(found.get(name) != digest for name, digest in whole.items()),
        "left_behind": left(runs),
        "exit_code": code,
    }
    good = not (values["runs_that_differ"] or values["left_behind"] or code)
    return {"workers": workers, "runs": len(whole), **values, "good": good}


def cluster(folder: Path, port: int, workers: int) -> list[subprocess.Popen[Any]]:
    """A scheduler, the first, and workers."""
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny"]
    worker += ["--no-dashboard", "--local-directory", str(folder / "scratch")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *arguments], **quiet)
        for name, *arguments in (scheduler, *[worker] * workers)
    ]


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + 300
    while not is_so() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.1)


def end(processes: list[subprocess.Popen[Any]]) -> None:
    for process in processes:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
