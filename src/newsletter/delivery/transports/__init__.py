"""One file, one transport. Nothing else in the package names them."""
