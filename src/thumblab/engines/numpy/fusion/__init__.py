"""Layers that are computed together, so that their results stay in the caches."""
