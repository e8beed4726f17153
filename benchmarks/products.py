"""How fast a product of float32 matrices is here with NumPy and with PyTorch, on one thread, in turns.

    python benchmarks/products.py > FILE
    OPENBLAS_CORETYPE=Haswell python benchmarks/products.py    # with kernels that OpenBLAS would not choose

Of a matrix of 1024 x 1024 with another, in GFLOP/s: the best of all rounds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from time import perf_counter

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from thumblab.runs.environment import environment as machine

SIDE, ROUNDS = 1024, 40


def seconds(product: Callable[[], object]) -> float:
    begun = perf_counter()
    product()
    return perf_counter() - begun


def main() -> None:
    a, b = np.random.default_rng(0).random((2, SIDE, SIDE), np.float32)
    out = np.empty_like(a)
    p, q = torch.from_numpy(a), torch.from_numpy(b)
    products: dict[str, Callable[[], object]] = {
        "numpy": lambda: np.matmul(a, b, out=out),
        "torch": lambda: p @ q,
    }
    torch.set_num_threads(1)
    with threadpool_limits(1, "blas"), torch.no_grad():
        times = [
            {name: seconds(product) for name, product in products.items()} for _ in range(ROUNDS)
        ]
    speeds = {
        name: round(2e-9 * SIDE**3 / min(round_[name] for round_ in times), 1) for name in products
    }
    load = round(os.getloadavg()[0], 2)
    print(json.dumps({"gflops_per_second": speeds, "load": load, "machine": machine(1)}, indent=1))


if __name__ == "__main__":
    main()
