"""One file, one rendition.

Each offers `NAME`, `FILE_NAME`, `MEDIA_TYPE`, `wanted(issue) -> bool` and `render(context, templates) -> bytes`.
"""
