"""Logic of the sharing room that needs no database."""
