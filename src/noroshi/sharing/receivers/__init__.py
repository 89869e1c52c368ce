"""What the sharing room does when something happened: above all, who is told. Importing it subscribes."""

from noroshi.sharing.receivers import answers, groups, mail_in, signals

__all__ = ["answers", "groups", "mail_in", "signals"]
