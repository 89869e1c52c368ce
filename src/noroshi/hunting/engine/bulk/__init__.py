"""Plain lines by the hundred thousand, read in SQL instead of one by one.

SQL takes the lines of which it surely makes the same event as the readers do, and no other: those it gives back, and
the readers make events of them or put them into quarantine. Values are canonical by the same functions of Python in
both ways (`rows.columns_by_role`), which are asked once for each different value of a batch; only what is plain already
(a URL without escapes, the seconds of a time) SQL takes as it stands.
"""
