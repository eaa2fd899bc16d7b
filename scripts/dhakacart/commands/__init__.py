"""The verbs: each module takes arguments and prints; the work is in `operations/` and `engines/`."""
