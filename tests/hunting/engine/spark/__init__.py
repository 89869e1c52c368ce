"""Spark answers as DuckDB does: on a real cluster, over the same files."""
