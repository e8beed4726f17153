"""thumblab: a laboratory for classifiers of small images."""
