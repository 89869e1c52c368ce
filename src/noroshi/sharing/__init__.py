"""Sharing: signals and what is said about them."""
