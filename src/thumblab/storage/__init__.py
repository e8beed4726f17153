"""Files that are whole or not there: written at once, sealed, and checked when they are read."""
