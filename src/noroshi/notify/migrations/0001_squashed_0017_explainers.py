import datetime
import django.db.models.deletion
import django.db.models.manager
import noroshi.core.clock
import noroshi.core.ids
from django.conf import settings
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('notify', '0001_initial'),
        ('notify', '0002_unmasked'),
        ('notify', '0003_requests'),
        ('notify', '0004_subscriptions'),
        ('notify', '0005_webhooks'),
        ('notify', '0006_alarms'),
        ('notify', '0007_mailed'),
        ('notify', '0008_detections'),
        ('notify', '0009_indexes_of_notices'),
        ('notify', '0010_answers'),
        ('notify', '0011_found_by_a_saved_search'),
        ('notify', '0012_documents'),
        ('notify', '0013_bulletins'),
        ('notify', '0014_plain_words'),
        ('notify', '0015_sources'),
        ('notify', '0016_daily_sheets'),
        ('notify', '0017_explainers'),
    ]

    initial = True

    dependencies = [
        ('members', '0001_squashed_0009_clients_certificates'),
        ('members', '__first__'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('kind', models.CharField(choices=[('signal', 'A signal reached you'), ('amended', 'A signal changed'), ('withdrawn', 'Something that reached you was withdrawn'), ('comment', 'Somebody commented'), ('hit', 'Found in your own logs'), ('detection', 'A rule saw something in your own logs'), ('request', 'A request, or its answer'), ('release', 'A signal waits for release'), ('sighting', 'Others saw it too'), ('unmasked', 'Somebody looked up who you are'), ('webhook', 'A webhook was paused'), ('search', 'Found by a saved search'), ('mailed', 'A mail of yours became a draft'), ('alarm', 'An account or a token does more than is usual'), ('answer', 'An answer was published or changed'), ('document', 'A group has a new document or version'), ('plain', 'You get signals in plain words'), ('bulletin', 'A bulletin was published'), ('explainer', 'An explainer was published'), ('sheet', 'The daily sheet is out'), ('source', 'A source of advisories is not as it should be')], max_length=12)),
                    ('subject', models.CharField(max_length=40)),
                    ('subject_id', models.UUIDField()),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('count', models.PositiveBigIntegerField(default=1)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('read_at', models.DateTimeField(null=True)),
                    ('mail_due_at', models.DateTimeField(null=True)),
                    ('delivery', models.CharField(blank=True, choices=[('at_once', 'At once'), ('hourly', 'Hourly digest'), ('digest', 'Daily digest'), ('weekly', 'Weekly magazine'), ('inbox', 'Inbox only')], max_length=8)),
                    ('mailed_at', models.DateTimeField(null=True)),
                    ('letter', models.UUIDField(null=True)),
                    ('event', models.BigIntegerField()),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['person', 'read_at', '-created_at'], name='inbox'), models.Index(condition=models.Q(('mail_due_at__isnull', False), ('mailed_at__isnull', True)), fields=['mail_due_at'], name='mail_to_send'), models.Index(fields=['event'], name='notices_of_event'), models.Index(fields=['subject_id'], name='notices_about'), models.Index(condition=models.Q(('letter__isnull', False)), fields=['person', 'mailed_at'], name='letters_of_person')],
                    'constraints': [models.UniqueConstraint(fields=('person', 'kind', 'event'), name='notice_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Subscription',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('label', models.CharField(blank=True, max_length=80)),
                    ('notices', models.JSONField(default=list)),
                    ('signal_kinds', models.JSONField(default=list)),
                    ('groups', models.JSONField(default=list)),
                    ('sectors', models.JSONField(default=list)),
                    ('words', models.CharField(blank=True, max_length=200)),
                    ('values', models.JSONField(default=list)),
                    ('names_assets', models.BooleanField(default=False)),
                    ('delivery', models.CharField(choices=[('at_once', 'At once'), ('hourly', 'Hourly digest'), ('digest', 'Daily digest'), ('weekly', 'Weekly magazine'), ('inbox', 'Inbox only')], default='at_once', max_length=8)),
                    ('at', models.TimeField(default=datetime.time(8, 0))),
                    ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'indexes': [models.Index(fields=['person', 'created_at'], name='subscriptions_of_person')],
                },
            ),
            migrations.CreateModel(
                name='Preferences',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('quiet_from', models.TimeField(null=True)),
                    ('quiet_until', models.TimeField(null=True)),
                    ('assets', models.JSONField(default=list)),
                    ('settled', models.JSONField(default=list)),
                ],
            ),
            migrations.CreateModel(
                name='Webhook',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('label', models.CharField(max_length=80)),
                    ('url', models.CharField(max_length=2000)),
                    ('secret', models.CharField(max_length=300)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('pause_reason', models.CharField(blank=True, max_length=300)),
                ],
            ),
            migrations.CreateModel(
                name='Dispatch',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dispatches', to='notify.webhook')),
                    ('event', models.BigIntegerField(null=True)),
                    ('type', models.CharField(max_length=40)),
                    ('subject', models.CharField(blank=True, max_length=40)),
                    ('subject_id', models.UUIDField(null=True)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('dropped', 'Not sent: withdrawn, or not for you any more'), ('given_up', 'Given up')], default='waiting', max_length=10)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('leased_until', models.DateTimeField(null=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='dispatch_to_send'), models.Index(fields=['webhook', '-created_at'], name='dispatches_by_time')],
                    'constraints': [models.UniqueConstraint(fields=('webhook', 'event'), name='dispatched_once')],
                },
            ),
            migrations.CreateModel(
                name='Attempt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('dispatch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='notify.dispatch')),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('milliseconds', models.PositiveIntegerField(default=0)),
                ],
            ),
        ),
    ]
