"""Pages of the notify room."""
