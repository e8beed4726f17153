from __future__ import annotations

import pytest
import torch

from thumblab.core.errors import UsageError
from thumblab.engines.torch.device import find_device, memory_errors


def have(monkeypatch: pytest.MonkeyPatch, *, gpus: int = 0, mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


def test_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch)
    assert find_device("auto", "float32") == torch.device("cpu")
    have(monkeypatch, mps=True)
    assert find_device("auto", "float32") == torch.device("mps")
    assert find_device("cpu", "float64") == find_device("auto", "float64") == torch.device("cpu")
    have(monkeypatch, gpus=2)
    assert find_device("auto", "float32", 1) == torch.device("cuda", 1)


def test_what_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch)
    with pytest.raises(UsageError, match="no device 'cuda' here; choose from auto, cpu"):
        find_device("cuda", "float32")
    have(monkeypatch, mps=True)
    with pytest.raises(UsageError, match="device 'mps' has no float64; choose precision float32"):
        find_device("mps", "float64")
    have(monkeypatch, gpus=2)
    with pytest.raises(UsageError, match="GPU 2 was asked for but there are 2; start one process"):
        find_device("cuda", "float32", 2)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB\nmore"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 1 byte"),
    ],
)
def test_want_of_memory_is_pythons(error: RuntimeError) -> None:
    with pytest.raises(MemoryError) as told, memory_errors():
        raise error
    assert "\n" not in str(told.value)
    with pytest.raises(RuntimeError, match=r"^other$"), memory_errors():
        raise RuntimeError("other")
