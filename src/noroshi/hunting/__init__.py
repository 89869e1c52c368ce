"""Hunting: log lakes and what is found in them."""
