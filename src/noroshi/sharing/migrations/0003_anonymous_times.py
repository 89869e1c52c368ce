"""Of what is anonymous, the hour alone is kept; comments know their place in their thread."""

from datetime import UTC

from django.db import migrations, models


def forget_minutes(apps, _editor):
    """Bring what was written before under the same rule."""
    comments = apps.get_model("sharing", "Comment").objects
    place: dict[object, int] = {}
    for comment in comments.order_by("created_at", "id").iterator():
        place[comment.signal_id] = comment.place = place.get(comment.signal_id, 0) + 1
        if comment.author_mode != "named":
            comment.created_at = _hour(comment.created_at)
        comment.save(update_fields=["place", "created_at"])
    signals = apps.get_model("sharing", "Signal").everything
    for signal in signals.exclude(author_mode="named").exclude(state="draft").iterator():
        signal.published_at = signal.published_at and _hour(signal.published_at)
        signal.changed_at = _hour(signal.changed_at)
        signal.save(update_fields=["published_at", "changed_at"])


def _hour(moment):
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_forms_and_handling")]

    operations = [
        migrations.AddField("comment", "place", models.PositiveIntegerField(default=0)),
        migrations.RunPython(forget_minutes, migrations.RunPython.noop),
    ]
