"""Array functions of the NumPy engine, each one trick, each tested alone against a plain twin."""
