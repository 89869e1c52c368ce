"""Logic of the kit room that needs no database."""
