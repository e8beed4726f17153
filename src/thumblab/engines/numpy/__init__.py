"""The NumPy engine: architectures trained with NumPy and the standard library alone."""

from thumblab.engines.numpy.input import Door as Door
from thumblab.engines.numpy.network import Network as Network
