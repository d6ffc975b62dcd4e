"""The use cases: starting, drafting, editorial (read, render, check, build) and sending. Each reads like a list."""
