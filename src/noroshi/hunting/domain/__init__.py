"""Logic of the hunting room that needs no database."""
