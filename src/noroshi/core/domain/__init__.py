"""Decisions and formats of the foundation, free of Django."""
