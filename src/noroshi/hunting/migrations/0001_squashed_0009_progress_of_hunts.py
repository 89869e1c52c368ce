import django.db.models.deletion
import django.db.models.manager
import noroshi.core.clock
import noroshi.core.ids
from django.conf import settings
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('hunting', '0001_initial'),
        ('hunting', '0002_log_files'),
        ('hunting', '0003_log_sources'),
        ('hunting', '0004_detections'),
        ('hunting', '0005_windows_of_hunts'),
        ('hunting', '0006_watch_marks'),
        ('hunting', '0007_watch_time'),
        ('hunting', '0008_allow_list'),
        ('hunting', '0009_progress_of_hunts'),
    ]

    initial = True

    dependencies = [
        ('members', '0001_squashed_0009_clients_certificates'),
        ('members', '__first__'),
        ('sharing', '0001_squashed_0023_comments_of_other_installations'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='AllowedValue',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('type', models.CharField(max_length=16)),
                    ('value', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('reason', models.TextField()),
                    ('until', models.DateTimeField(null=True)),
                    ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('added_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('world', models.CharField(default='real', max_length=40)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'world', 'digest'), name='one_allowed_value_of_a_kind')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Hunt',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.signal')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('values', models.JSONField(default=list)),
                    ('refused', models.JSONField(default=list)),
                    ('since', models.DateTimeField(null=True)),
                    ('until', models.DateTimeField(null=True)),
                    ('harmless_too', models.BooleanField(default=False)),
                    ('scanned', models.JSONField(default=list)),
                    ('capped', models.BooleanField(default=False)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('stopped', 'Stopped')], default='waiting', max_length=8)),
                    ('lakes', models.PositiveIntegerField(default=0)),
                    ('lakes_done', models.PositiveIntegerField(default=0)),
                    ('parts', models.PositiveIntegerField(default=0)),
                    ('files', models.PositiveIntegerField(default=0)),
                    ('files_read', models.PositiveIntegerField(default=0)),
                    ('stopped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('wall_seconds', models.FloatField(null=True)),
                    ('cpu_seconds', models.FloatField(null=True)),
                    ('error', models.TextField(blank=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('signal__isnull', False)), fields=('signal', 'version'), name='one_hunt_a_version')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Hit',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('hunt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='hunting.hunt')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('type', models.CharField(max_length=16)),
                    ('value', models.TextField()),
                    ('first_seen', models.DateTimeField()),
                    ('last_seen', models.DateTimeField()),
                    ('count', models.PositiveBigIntegerField()),
                    ('samples', models.JSONField(default=list)),
                    ('allowed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='hunting.allowedvalue')),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['organisation', '-created_at'], name='hits_of_organisation')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='LogFile',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('source', models.CharField(max_length=63)),
                    ('name', models.CharField(max_length=255)),
                    ('dropped', models.BooleanField(default=False)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('stopped', 'Stopped')], default='waiting', max_length=8)),
                    ('lines_read', models.PositiveBigIntegerField(default=0)),
                    ('lines', models.PositiveBigIntegerField(default=0)),
                    ('events', models.PositiveBigIntegerField(default=0)),
                    ('quarantined', models.PositiveBigIntegerField(default=0)),
                    ('known', models.BooleanField(default=False)),
                    ('error', models.TextField(blank=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('finished_at', models.DateTimeField(null=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['organisation', '-created_at'], name='log_files_of_organisation')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='LogSource',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('name', models.CharField(max_length=63)),
                    ('mapping', models.TextField(blank=True)),
                    ('keep_days', models.PositiveIntegerField(null=True)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='one_log_source_of_a_name')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='RuleFile',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('name', models.CharField(max_length=120)),
                    ('content', models.TextField()),
                    ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='one_own_file_of_rules_of_a_name'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', True)), fields=('name',), name='one_file_of_rules_for_all_of_a_name')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='RuleUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('rule', models.UUIDField()),
                    ('enabled', models.BooleanField(null=True)),
                    ('threshold', models.PositiveIntegerField(null=True)),
                    ('arrival', models.PositiveBigIntegerField(default=0)),
                    ('ran_at', models.DateTimeField(null=True)),
                    ('trouble', models.CharField(blank=True, max_length=8)),
                    ('error', models.TextField(blank=True)),
                    ('world', models.CharField(default='real', max_length=40)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'rule'), name='one_use_of_a_rule')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='DetectionRun',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('stopped', 'Stopped')], default='waiting', max_length=8)),
                    ('rules', models.PositiveIntegerField(default=0)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('finished_at', models.DateTimeField(null=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['organisation', '-created_at'], name='runs_of_organisation')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Detection',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='detections', to='hunting.detectionrun')),
                    ('rule', models.UUIDField()),
                    ('title_en', models.CharField(max_length=2000)),
                    ('title_ja', models.CharField(max_length=2000)),
                    ('level', models.PositiveSmallIntegerField(choices=[(0, 'Informational'), (1, 'Low'), (2, 'Medium'), (3, 'High'), (4, 'Critical')])),
                    ('keys', models.JSONField(default=list)),
                    ('key_digest', models.CharField(max_length=64)),
                    ('first_seen', models.DateTimeField()),
                    ('last_seen', models.DateTimeField()),
                    ('count', models.PositiveBigIntegerField()),
                    ('measure', models.PositiveBigIntegerField()),
                    ('samples', models.JSONField(default=list)),
                    ('state', models.CharField(choices=[('new', 'Unanswered'), ('seen', 'Acknowledged'), ('aside', 'Set aside')], default='new', max_length=8)),
                    ('reason', models.TextField(blank=True)),
                    ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('handled_at', models.DateTimeField(null=True)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['organisation', '-last_seen'], name='detections_of_organisation'), models.Index(fields=['rule', 'created_at'], name='detections_of_rule')],
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'rule', 'key_digest', 'first_seen'), name='one_detection_of_a_key_and_time')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='WatchMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('arrival', models.PositiveBigIntegerField(default=0)),
                    ('watched_at', models.DateTimeField(null=True)),
                ],
            ),
        ),
    ]
