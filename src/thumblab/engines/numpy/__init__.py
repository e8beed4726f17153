"""The NumPy engine: architectures trained with NumPy and the standard library alone."""

from thumblab.engines.numpy.input import InputTransform as InputTransform
from thumblab.engines.numpy.network import Network as Network
