"""Rules on architectures and their weights."""
