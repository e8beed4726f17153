"""Ways to run an architecture; import the one you want by name, so that PyTorch stays optional."""
