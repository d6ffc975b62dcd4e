"""The use cases: editorial (read, render, check, build) and sending (plan, send). Each reads like a table of contents."""
