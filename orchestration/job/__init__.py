"""The run, in its order."""
