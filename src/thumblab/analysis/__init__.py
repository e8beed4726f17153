"""What a network learned: pure functions of arrays."""
