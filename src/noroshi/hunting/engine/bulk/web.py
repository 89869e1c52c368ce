"""Access log lines without escapes and odd blanks, cut by SQL as `readers.web` cuts them first."""

from collections.abc import Sequence
from typing import Final

import duckdb

from noroshi.hunting.engine.bulk.batches import LONGEST
from noroshi.hunting.engine.schema import EventClass

_ROLES: Final = ("src_ip", "user", "time", "status", "action", "url", "referrer", "user_agent", "class")
# Quotation marks cut a combined line into seven pieces, a common one into three. OFFSET 0 keeps the conditions on
# pieces where they stand: moved to the lines, as DuckDB moves conditions, they would cut each line again.
_RAW: Final = f"""
CREATE OR REPLACE TEMP VIEW raw AS
SELECT line, head[1] AS src_ip, head[3] AS "user", head[4] || ' ' || head[5] AS "time", tail[2] AS status,
       split_part(pieces[2], ' ', 1) AS action, split_part(pieces[2], ' ', 2) AS url,
       nullif(pieces[4], '') AS referrer, nullif(pieces[6], '') AS user_agent, '{EventClass.WEB}' AS class
FROM (SELECT line, pieces, string_split(pieces[1], ' ') AS head, string_split(pieces[3], ' ') AS tail
      FROM (SELECT line, string_split(text, '"') AS pieces FROM lines
            WHERE strlen(text) <= {LONGEST} AND NOT contains(text, '\\') OFFSET 0)
      WHERE len(pieces) IN (3, 7) OFFSET 0)
WHERE len(head) = 6 AND starts_with(head[4], '[') AND len(tail) >= 3 AND regexp_full_match(tail[2], '[0-9]+')
      AND regexp_full_match(pieces[2], '[A-Z]+ [^ ]+ HTTP/[^ ]*')
"""  # noqa: S608 - our own


class WebLines:
    """Makes ``raw`` of access log lines."""

    def extract(self, duck: duckdb.DuckDBPyConnection) -> Sequence[str]:
        """Make the view ``raw`` of the lines that are plain; return the roles that are its columns."""
        duck.execute(_RAW).fetchall()
        return _ROLES
