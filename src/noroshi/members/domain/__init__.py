"""Logic of the members room that needs no database."""
