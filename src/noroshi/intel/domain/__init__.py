"""Logic of the intel room that needs no database."""
