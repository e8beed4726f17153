"""Rules on how runs, epochs, settings and seeds were chosen."""
