"""STIX 2.1, strictly: the tables and rules of the standard, its patterns and markings, read from hostile bytes."""
