"""What the sharing room does when something happened: above all, who is told. Importing it subscribes."""

from noroshi.sharing.receivers import answers, documents, groups, mail_in, passages, plain_mail, searches, signals, stix

__all__ = ["answers", "documents", "groups", "mail_in", "passages", "plain_mail", "searches", "signals", "stix"]
