"""Of a file without an author, the hour alone is kept, and the number of a file tells the day of its making."""

from datetime import UTC, timedelta

from django.db import migrations, models
from django.db.models import Q

import noroshi.core.ids


def forget_minutes(apps, _editor):
    """Bring what was attached before under the same rule; its number stays, since the ledger names it by that."""
    files = apps.get_model("sharing", "Attachment").everything
    of_signals = Q(comment=None) & ~Q(signal__author_mode="named") & ~Q(signal__state="draft")
    of_comments = Q(comment__isnull=False) & ~Q(comment__author_mode="named")
    place: dict[object, int] = {}
    for file in files.filter(of_signals | of_comments).order_by("added_at", "id").iterator():
        key = (file.signal_id, file.comment_id)
        place[key] = place.get(key, 0) + 1
        hour = file.added_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        files.filter(pk=file.pk).update(added_at=hour + timedelta(microseconds=place[key]))


class Migration(migrations.Migration):
    dependencies = [("sharing", "0009_indexes_of_a_million")]

    operations = [
        migrations.AlterField(
            "attachment",
            "id",
            models.UUIDField(
                default=noroshi.core.ids.new_vague_id, editable=False, primary_key=True, serialize=False
            ),
        ),
        migrations.RunPython(forget_minutes, migrations.RunPython.noop),
    ]
