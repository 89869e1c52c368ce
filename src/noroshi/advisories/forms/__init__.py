"""Forms of the advisories room."""
