"""What sources publish, and what it means for a version: no database, no network."""
