"""Plain lines by the hundred thousand, read in SQL instead of one by one.

SQL takes the lines of which it surely makes the same event as the readers do, and no other: those it gives back, and
the readers make events of them or put them into quarantine. What is plain (`plain`, and a URL without escapes, the
seconds of a time) SQL makes canonical itself, as `rows.columns_by_role` would; of other texts Python is asked, once for
each different one of a batch.
"""
