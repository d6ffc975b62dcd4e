"""The words of the product as frozen models. They know nothing of files, templates, networks or databases."""
