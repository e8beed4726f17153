"""Rules on the data: copies, labels, classes, and what networks see."""
