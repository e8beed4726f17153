"""Workers, each of which computes a shard of the batch."""
