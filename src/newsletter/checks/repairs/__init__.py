"""One module is one repair that a machine can make. Adding a file adds the repair; nothing else names it."""
