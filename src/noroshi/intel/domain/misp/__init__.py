"""MISP: events of its core format read and written (draft-dulaunoy-misp-core-format). Pure: no database, no clock."""
