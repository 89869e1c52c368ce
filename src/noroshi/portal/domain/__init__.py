"""Logic of the portal room that needs no database."""
