"""A sector report for people: as a page and a CSV file, and as PDF."""
