"""Logic of the notify room that needs no database."""
