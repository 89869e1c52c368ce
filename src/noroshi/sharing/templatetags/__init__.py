"""Template tags of the sharing room."""
