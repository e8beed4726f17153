"""Rules on how trained networks are evaluated."""
