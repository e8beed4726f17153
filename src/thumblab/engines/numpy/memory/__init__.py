"""Memory that is used again from step to step."""
