"""Which people of an organisation get signals in plain words."""

from django.db import models

from noroshi.core import clock


class PlainMail(models.Model):
    """An organisation's choice: who of its people reads mail in plain words, and whom these call."""

    organisation = models.OneToOneField(
        "members.Organisation", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    people = models.ManyToManyField("members.Person", related_name="+")
    contact = models.CharField(max_length=200, blank=True)
    """One line: a name and a telephone number. Of the hub's organisation its desk: that stands in everybody's mail."""
    changed_at = models.DateTimeField(default=clock.now)
