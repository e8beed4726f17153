"""The PyTorch engine: the same architectures with the same weights, for GPUs and clusters."""
