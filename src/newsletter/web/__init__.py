"""Everything that answers HTTP: the public service and, apart from it, `studio/`: the preview on one's own machine."""
