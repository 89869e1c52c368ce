"""When the items of the search index came out: by that, what has a rare word is found in the order of a list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_answered_calls")]
    operations = [migrations.AddField("searchentry", "at", models.DateTimeField(null=True))]
