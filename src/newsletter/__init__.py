"""Publishing pipeline for newsletters and briefings: folders of Markdown to email, text, web copy, archive, and a send that adds up."""

__version__ = "0.1.0"
