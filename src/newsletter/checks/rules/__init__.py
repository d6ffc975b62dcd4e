"""One module is one check. Adding a file adds the check; nothing else names it."""
