from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_what_groups_are_and_who_may_join'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='group',
            name='charter',
        ),
    ]
