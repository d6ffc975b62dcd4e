"""Editions to files: the public archive, and the editions themselves in build/."""
