"""How the rows of tables are spread, counted for SQLite: without it, it takes an index of the world for a narrow one.

A page of 25 rows was then looked for among all 300,000 of its world. PostgreSQL counts by itself.
"""

from django.db import connection


def count_for_plans() -> None:
    """Count anew; each connection that is opened from now on plans by it. A second for a million rows of indexes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
