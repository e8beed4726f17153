"""The verbs of the command line, one a file.

Each imports what computes inside its function, so that ``thumblab --help`` stays quick. A verb
returns its exit code. Answers go to standard output; progress and warnings to standard error.
"""
