"""Folders of Markdown to email, plain text, a web copy and an archive; checked, approved, and sent so it adds up."""

__version__ = "0.1.0"
