"""The PyTorch engine: the same architectures with the same weights, for GPUs and clusters."""

from thumblab.engines.torch.network import Network as Network
from thumblab.engines.torch.worker import Options as Options
