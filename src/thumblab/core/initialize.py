"""How weights start: one function a name, ``(generator, shape, fan_in) -> array``.

``fan_in`` and ``fan_out`` are the products of inputs and of outputs with the kernel's area.
A layer's ``Weight.init`` names a function of this module.
"""

from __future__ import annotations

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from thumblab.core.blas import one_blas_thread
from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Shape, Weight

Floats = NDArray[np.float64]


def _fans(shape: Shape, fan_in: int) -> tuple[int, int]:
    if len(shape) < 2:
        return fan_in or prod(shape), prod(shape)
    area = prod(shape[2:])
    return fan_in or shape[1] * area, shape[0] * area


def zeros(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """All 0."""
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """All 1."""
    return np.ones(shape)


def glorot_uniform(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Uniform in ``±sqrt(6 / (fan_in + fan_out))`` (Glorot & Bengio 2010); Keras' default."""
    bound = sqrt(6 / sum(_fans(shape, fan_in)))
    return rng.uniform(-bound, bound, shape)


def glorot_normal(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Normal of variance ``2 / (fan_in + fan_out)`` (Glorot & Bengio 2010), not truncated."""
    return rng.standard_normal(shape) * sqrt(2 / sum(_fans(shape, fan_in)))


def he_uniform(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Uniform in ``±sqrt(6 / fan_in)`` (He et al. 2015, arXiv:1502.01852)."""
    bound = sqrt(6 / _fans(shape, fan_in)[0])
    return rng.uniform(-bound, bound, shape)


def he_normal(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Normal of variance ``2 / fan_in`` (He et al. 2015, arXiv:1502.01852), not truncated."""
    return rng.standard_normal(shape) * sqrt(2 / _fans(shape, fan_in)[0])


def lecun_normal(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Normal of variance ``1 / fan_in`` (LeCun et al. 1998, "Efficient BackProp"), not truncated."""
    return rng.standard_normal(shape) * sqrt(1 / _fans(shape, fan_in)[0])


def small_normal(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Normal of standard deviation 0.02: tokens and positions (Touvron et al. 2020, arXiv:2012.12877)."""
    return rng.standard_normal(shape) * 0.02


def unit_uniform(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Uniform of variance 1, for a layer whose output is divided afterwards (Jordan 2024)."""
    return rng.uniform(-sqrt(3), sqrt(3), shape)


def torch_default(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Uniform in ``±1 / sqrt(fan_in)``: what PyTorch gives convolutions and dense layers, bias included."""
    bound = 1 / sqrt(_fans(shape, fan_in)[0])
    return rng.uniform(-bound, bound, shape)


def orthogonal(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """Rows, or columns where there are fewer, orthonormal (Saxe et al. 2013, arXiv:1312.6120)."""
    rows, columns = shape[0], prod(shape[1:])
    drawn = rng.standard_normal((max(rows, columns), min(rows, columns)))
    with one_blas_thread():  # the same bits whatever the program around has set
        q, r = np.linalg.qr(drawn)
    q *= np.sign(np.diag(r))  # makes the draw uniform over orthogonal matrices
    return (q if rows >= columns else q.T).reshape(shape)


def dirac(rng: np.random.Generator, shape: Shape, fan_in: int = 0) -> Floats:
    """The first channels pass through unchanged; the rest start as ``torch_default``.

    Source: Zagoruyko & Komodakis 2017, arXiv:1706.00388; the partial form of Jordan 2024, arXiv:2404.00498.
    """
    if len(shape) != 4:
        raise UsageError(f"dirac starts (out, in, k, k) kernels, but the weight has shape {shape}")
    weight = torch_default(rng, shape, fan_in)
    same = min(shape[:2])
    weight[:same] = 0
    weight[np.arange(same), np.arange(same), shape[2] // 2, shape[3] // 2] = 1
    return weight


NAMES = {
    function.__name__: function
    for function in (
        zeros,
        ones,
        glorot_uniform,
        glorot_normal,
        he_uniform,
        he_normal,
        lecun_normal,
        small_normal,
        unit_uniform,
        torch_default,
        orthogonal,
        dirac,
    )
}


def start(weight: Weight, rng: np.random.Generator) -> Floats:
    """The first value of ``weight``, in float64."""
    if weight.init not in NAMES:
        raise unknown("initializer", weight.init, NAMES)
    return NAMES[weight.init](rng, weight.shape, weight.fan_in)
