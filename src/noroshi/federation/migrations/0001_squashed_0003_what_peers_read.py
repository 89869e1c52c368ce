import django.db.models.deletion
import noroshi.core.clock
import noroshi.core.domain.tlp
import noroshi.core.ids
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('federation', '0001_initial'),
        ('federation', '0002_other_hubs'),
        ('federation', '0003_what_peers_read'),
    ]

    initial = True

    dependencies = [
        ('members', '0001_squashed_0009_clients_certificates'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Peer',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('hub', 'Our hub'), ('node', "A member's node"), ('partner', 'Another hub')], max_length=8)),
                    ('name', models.CharField(max_length=200)),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('url', models.CharField(blank=True, max_length=2000)),
                    ('installation', models.UUIDField(null=True)),
                    ('profile', models.CharField(choices=[('first', 'first'), ('f-isac-jp', 'f-isac-jp')], default=noroshi.core.domain.tlp.Profile['FIRST'], max_length=12)),
                    ('same_community', models.BooleanField(default=False)),
                    ('state', models.CharField(choices=[('invited', 'Invited'), ('pairing', 'Pairing'), ('active', 'Connected'), ('cut', 'Cut')], default='invited', max_length=8)),
                    ('code_id', models.CharField(blank=True, max_length=16)),
                    ('code_secret', models.CharField(blank=True, max_length=300)),
                    ('code_expires_at', models.DateTimeField(null=True)),
                    ('our_key', models.CharField(max_length=300)),
                    ('their_key', models.CharField(blank=True, max_length=64)),
                    ('reads', models.JSONField(default=list)),
                    ('next_seq', models.BigIntegerField(default=1)),
                    ('received', models.BigIntegerField(default=0)),
                    ('confirmed', models.BigIntegerField(default=0)),
                    ('told', models.BigIntegerField(default=0)),
                    ('last_good_at', models.DateTimeField(null=True)),
                    ('failing_since', models.DateTimeField(null=True)),
                    ('last_error', models.CharField(blank=True, max_length=300)),
                    ('tries', models.PositiveIntegerField(default=0)),
                    ('due_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('leased_until', models.DateTimeField(null=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('their_key', ''), _negated=True), fields=('their_key',), name='peer_by_key'), models.UniqueConstraint(condition=models.Q(('kind', 'node'), models.Q(('state', 'cut'), _negated=True)), fields=('organisation',), name='one_node_each')],
                },
            ),
            migrations.CreateModel(
                name='OutboxEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='federation.peer')),
                    ('seq', models.BigIntegerField()),
                    ('event', models.BigIntegerField(null=True)),
                    ('subject', models.CharField(max_length=40)),
                    ('subject_id', models.UUIDField()),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('acknowledged', 'Taken'), ('skipped', 'Not sent'), ('refused', 'Refused there')], default='waiting', max_length=12)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                    ('detail', models.CharField(blank=True, max_length=60)),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('done_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['peer', 'seq'], name='outbox_waiting'), models.Index(fields=['peer', '-created_at', '-id'], name='outbox_by_time')],
                    'constraints': [models.UniqueConstraint(fields=('peer', 'seq'), name='outbox_in_order'), models.UniqueConstraint(fields=('peer', 'event', 'subject', 'subject_id'), name='outbox_once')],
                },
            ),
            migrations.CreateModel(
                name='Copy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='federation.peer')),
                    ('subject', models.CharField(max_length=40)),
                    ('subject_id', models.UUIDField()),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('ended', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('peer', 'subject', 'subject_id'), name='copy_once')],
                },
            ),
            migrations.CreateModel(
                name='InboxEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='federation.peer')),
                    ('seq', models.BigIntegerField()),
                    ('subject', models.CharField(max_length=40)),
                    ('subject_id', models.UUIDField()),
                    ('digest', models.CharField(max_length=64)),
                    ('outcome', models.CharField(choices=[('taken', 'Taken'), ('ignored', 'Nothing new'), ('refused', 'Refused')], max_length=8)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'indexes': [models.Index(fields=['peer', '-at', '-id'], name='inbox_by_time')],
                    'constraints': [models.UniqueConstraint(fields=('peer', 'seq'), name='inbox_in_order')],
                },
            ),
            migrations.CreateModel(
                name='UsedNonce',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='federation.peer')),
                    ('nonce', models.CharField(max_length=32)),
                    ('at', models.DateTimeField(db_index=True, default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('peer', 'nonce'), name='nonce_once')],
                },
            ),
        ),
    ]
