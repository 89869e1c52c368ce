"""Of what is anonymous, the hour alone is kept; comments know their place in their thread."""

from datetime import UTC
from itertools import islice

from django.db import migrations, models


BATCH = 2_000


def forget_minutes(apps, _editor):
    """Bring what was written before under the same rule."""
    comments = apps.get_model("sharing", "Comment").objects
    _write(comments, _placed(comments.order_by("created_at", "id").iterator()), ["place", "created_at"])
    signals = apps.get_model("sharing", "Signal").everything
    unnamed = signals.exclude(author_mode="named").exclude(state="draft").iterator()
    _write(signals, map(_without_minutes, unnamed), ["published_at", "changed_at"])


def _placed(comments):
    place: dict[object, int] = {}
    for comment in comments:
        place[comment.signal_id] = comment.place = place.get(comment.signal_id, 0) + 1
        if comment.author_mode != "named":
            comment.created_at = _hour(comment.created_at)
        yield comment


def _without_minutes(signal):
    signal.published_at = signal.published_at and _hour(signal.published_at)
    signal.changed_at = _hour(signal.changed_at)
    return signal


def _write(manager, rows, fields):
    """In batches: a row at a time took minutes where there are a million."""
    while batch := list(islice(rows, BATCH)):
        manager.bulk_update(batch, fields)


def _hour(moment):
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_forms_and_handling")]

    operations = [
        migrations.AddField("comment", "place", models.PositiveIntegerField(default=0)),
        migrations.RunPython(forget_minutes, migrations.RunPython.noop),
    ]
