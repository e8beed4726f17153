"""Workers that compute shards of a batch side by side."""
