"""Rules on the comparison of arms."""
