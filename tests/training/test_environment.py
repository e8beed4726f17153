import json
import os

import numpy as np

from thumblab.kernels.plan import Case, Choice, Plan
from thumblab.training.environment import environment


def test_what_bits_depend_on_is_written_down() -> None:
    plan = Plan((Choice(Case(1, 4, 6, 8, 3, 1, ((1, 1), (1, 1))), "winograd2"),))
    found = environment(3, command=["thumblab", "train"], plan=plan)
    assert json.loads(json.dumps(found)) == found
    assert (found["schema"], found["shards"], found["threads_per_shard"]) == (1, 3, 1)
    assert found["plan"]["choices"][0]["by"] == "winograd2"
    assert found["packages"]["numpy"] == np.__version__
    assert found["machine"]["cores"] == os.cpu_count()
    assert found["machine"]["processor"]
    assert found["command"] == ["thumblab", "train"]
    assert all({"internal_api", "version", "architecture"} <= set(blas) for blas in found["blas"])


def test_the_command_is_this_process_by_default_without_its_folder() -> None:
    command = environment(1)["command"]
    assert command
    assert "/" not in command[0]
