"""Comparators from the files that the Department for Education publishes."""
