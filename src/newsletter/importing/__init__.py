"""Files of other programs to our own models: lists of subscribers, and later documents to items."""
