"""A folder of Markdown to an Issue: read whole, tidied, cleaned, with every problem reported at its file and line."""
