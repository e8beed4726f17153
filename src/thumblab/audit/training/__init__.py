"""Rules on the course of a training and its result."""
