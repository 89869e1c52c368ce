"""Decisions of the federation room in plain Python."""
