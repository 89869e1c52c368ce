"""Tags of the advisories room."""
