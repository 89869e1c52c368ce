from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hunting", "0006_watch_marks")]

    operations = [migrations.AddField("watchmark", "watched_at", models.DateTimeField(null=True))]
