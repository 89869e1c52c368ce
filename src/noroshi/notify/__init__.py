"""Notices: the inbox, mail and digests."""
