"""Disclosure control: what a publishable edition withholds, so that nobody can be recognised."""
