"""The lists of the sharing room, declared once."""
