"""Lists of values: one a line, or CSV (RFC 4180) with what is known of each."""

import io
from typing import Final

from defusedcsv import csv

from noroshi.intel.domain.outputs.indicators import Sheet

COLUMNS: Final = ("type", "value", "objective", "tlp", "signals")


def write_list(sheet: Sheet) -> bytes:
    """Return the values, one a line, without comments: many firewalls read nothing else."""
    values = (each.observable.value for each in sheet.indicators)
    return "".join(f"{value}\n" for value in values if value.isprintable()).encode()


def write_csv(sheet: Sheet) -> bytes:
    """Return the values as a table under its header; what a spreadsheet would run has an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in sheet.indicators:
        value = each.observable
        if value.value.isprintable():
            writer.writerow([value.type, value.value, each.objective, each.level, " ".join(each.references)])
    return text.getvalue().encode()
