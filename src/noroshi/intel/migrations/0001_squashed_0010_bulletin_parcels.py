import django.db.models.deletion
import django.db.models.manager
import noroshi.core.clock
import noroshi.core.domain.audience
import noroshi.core.domain.tlp
import noroshi.core.ids
from django.conf import settings
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('intel', '0001_initial'),
        ('intel', '0002_named_sightings'),
        ('intel', '0003_stix_store'),
        ('intel', '0004_knowledge_and_quality'),
        ('intel', '0005_taxii'),
        ('intel', '0006_refused_and_received'),
        ('intel', '0007_feeds'),
        ('intel', '0008_pushes'),
        ('intel', '0009_derived_objects'),
        ('intel', '0010_bulletin_parcels'),
    ]

    initial = True

    dependencies = [
        ('members', '0001_squashed_0009_clients_certificates'),
        ('members', '__first__'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Feed',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('title', models.CharField(max_length=100)),
                    ('api_root', models.CharField(max_length=1000)),
                    ('collection', models.CharField(max_length=100)),
                    ('auth', models.CharField(choices=[('none', 'Not at all'), ('basic', 'Name and password'), ('bearer', 'Token'), ('certificate', 'Client certificate')], default='none', max_length=12)),
                    ('username', models.CharField(blank=True, max_length=200)),
                    ('secret', models.TextField(blank=True)),
                    ('minutes', models.PositiveIntegerField(default=60)),
                    ('paused', models.BooleanField(default=False)),
                    ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('added_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('due_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('tried_at', models.DateTimeField(null=True)),
                    ('good_at', models.DateTimeField(null=True)),
                    ('trouble', models.CharField(blank=True, max_length=16)),
                    ('detail', models.CharField(blank=True, max_length=300)),
                    ('failures', models.PositiveIntegerField(default=0)),
                    ('added_after', models.CharField(blank=True, max_length=64)),
                    ('next', models.TextField(blank=True)),
                    ('accepted', models.PositiveBigIntegerField(default=0)),
                    ('refused', models.PositiveBigIntegerField(default=0)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(condition=models.Q(('paused', False)), fields=['due_at'], name='feeds_due')],
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'title'), name='feed_titles_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Push',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('title', models.CharField(max_length=100)),
                    ('api_root', models.CharField(max_length=1000)),
                    ('collection', models.CharField(max_length=100)),
                    ('auth', models.CharField(choices=[('none', 'Not at all'), ('basic', 'Name and password'), ('bearer', 'Token'), ('certificate', 'Client certificate')], default='none', max_length=12)),
                    ('username', models.CharField(blank=True, max_length=200)),
                    ('secret', models.TextField(blank=True)),
                    ('minutes', models.PositiveIntegerField(default=60)),
                    ('paused', models.BooleanField(default=False)),
                    ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('added_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('due_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('tried_at', models.DateTimeField(null=True)),
                    ('good_at', models.DateTimeField(null=True)),
                    ('trouble', models.CharField(blank=True, max_length=16)),
                    ('detail', models.CharField(blank=True, max_length=300)),
                    ('failures', models.PositiveIntegerField(default=0)),
                    ('whose', models.CharField(choices=[('own', 'Our own system'), ('partner', "Somebody else's")], max_length=8)),
                    ('view', models.CharField(max_length=100)),
                    ('after', models.BigIntegerField(default=0)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(condition=models.Q(('paused', False)), fields=['due_at'], name='pushes_due')],
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'title'), name='push_titles_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Mark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('push', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='intel.push')),
                    ('stix_id', models.CharField(max_length=290)),
                    ('type', models.CharField(max_length=250)),
                    ('modified', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('waiting', 'To be sent again'), ('sent', 'Sent, not answered yet'), ('taken', 'Taken'), ('refused', 'Refused there'), ('skipped', 'Not sent'), ('untold', 'Sent, never answered')], max_length=8)),
                    ('reason', models.CharField(blank=True, max_length=16)),
                    ('said', models.CharField(blank=True, max_length=400)),
                    ('status', models.CharField(blank=True, max_length=64)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'indexes': [models.Index(fields=['push', 'state', '-id'], name='marks_by_state')],
                    'constraints': [models.UniqueConstraint(fields=('push', 'stix_id', 'modified'), name='marked_once')],
                },
            ),
            migrations.CreateModel(
                name='Tag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=255, unique=True)),
                    ('family', models.CharField(max_length=80)),
                    ('family_title', models.CharField(max_length=120)),
                    ('family_title_ja', models.CharField(blank=True, max_length=120)),
                    ('title', models.CharField(max_length=400)),
                    ('title_ja', models.CharField(blank=True, max_length=200)),
                    ('meaning', models.TextField(blank=True)),
                    ('meaning_ja', models.TextField(blank=True)),
                    ('words', models.TextField()),
                    ('edition', models.CharField(max_length=120)),
                    ('retired', models.BooleanField(default=False)),
                ],
                options={
                    'indexes': [models.Index(fields=['family', 'name'], name='tags_of_family')],
                },
            ),
            migrations.CreateModel(
                name='Observable',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('type', models.CharField(choices=[('ipv4', 'ipv4'), ('ipv6', 'ipv6'), ('cidr', 'cidr'), ('domain', 'domain'), ('url', 'url'), ('email', 'email'), ('md5', 'md5'), ('sha1', 'sha1'), ('sha256', 'sha256'), ('user_agent', 'user_agent'), ('account', 'account')], max_length=16)),
                    ('value', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('digest',), name='value_once')],
                },
            ),
            migrations.CreateModel(
                name='FalsePositiveVote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('observable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intel.observable')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('reason', models.CharField(choices=[('shared', 'Many harmless services share it'), ('own', 'It belongs to a known, harmless service'), ('misread', 'It was misread: a typing error, an example, a part of the text'), ('over', 'It was harmful once, and has another owner now')], max_length=8, verbose_name='Why')),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('observable', 'organisation', 'world'), name='one_vote_an_organisation')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Sighting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('item_id', models.UUIDField()),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('source', models.CharField(choices=[('logs', 'Found in logs'), ('person', 'Said by a person')], max_length=8)),
                    ('named', models.BooleanField(default=False)),
                    ('count', models.PositiveBigIntegerField(default=1)),
                    ('first_seen', models.DateTimeField(null=True)),
                    ('last_seen', models.DateTimeField(null=True)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['organisation', 'at'], name='sightings_of_organisation')],
                    'constraints': [models.UniqueConstraint(fields=('item_id', 'organisation', 'source'), name='sighting_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Parcel',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('tlp', models.CharField(choices=[('CLEAR', 'CLEAR'), ('GREEN', 'GREEN'), ('AMBER', 'AMBER'), ('AMBER+STRICT', 'AMBER+STRICT'), ('RED', 'RED')], max_length=12, verbose_name='TLP')),
                    ('profile', models.CharField(choices=[('first', 'first'), ('f-isac-jp', 'f-isac-jp')], default=noroshi.core.domain.tlp.Profile['FIRST'], max_length=12)),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('held', 'held'), ('published', 'published'), ('withdrawn', 'withdrawn')], default=noroshi.core.domain.audience.State['DRAFT'], max_length=10)),
                    ('author_mode', models.CharField(choices=[('named', 'named'), ('anonymous', 'anonymous'), ('unlinkable', 'unlinkable')], default=noroshi.core.domain.audience.AuthorMode['NAMED'], max_length=10)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('embargo_until', models.DateTimeField(blank=True, null=True)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('source', models.CharField(choices=[('signal', 'Written for a signal'), ('bulletin', 'Written for a bulletin'), ('received', 'Sent in'), ('identity', 'An organisation of this hub')], max_length=10)),
                    ('label', models.CharField(blank=True, max_length=200)),
                    ('shown_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('turn', models.BigIntegerField(default=0)),
                    ('size', models.PositiveIntegerField(default=0)),
                    ('refused', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['turn'], name='parcels_by_turn'), models.Index(condition=models.Q(('embargo_until__isnull', False)), fields=['embargo_until'], name='parcels_embargoed'), models.Index(fields=['owner', 'source', '-shown_at'], name='parcels_of_owner')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Turn',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('number', models.BigIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='StixObject',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='intel.parcel')),
                    ('position', models.PositiveIntegerField()),
                    ('stix_id', models.CharField(max_length=290)),
                    ('type', models.CharField(max_length=250)),
                    ('modified', models.BigIntegerField()),
                    ('others', models.BooleanField(default=False)),
                    ('received', models.BooleanField(default=False)),
                    ('derived', models.BooleanField(default=False)),
                    ('raw', models.BinaryField()),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['stix_id', 'modified'], name='objects_by_id'), models.Index(fields=['parcel', 'type', 'position'], name='objects_by_type')],
                    'constraints': [models.UniqueConstraint(fields=('parcel', 'position'), name='one_object_a_place')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='RefusedObject',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='intel.parcel')),
                    ('place', models.PositiveIntegerField()),
                    ('stix_id', models.CharField(blank=True, max_length=290)),
                    ('problems', models.JSONField()),
                    ('raw', models.BinaryField()),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('parcel', 'place'), name='one_refusal_a_place')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Reader',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('holder', models.UUIDField()),
                    ('channel', models.CharField(max_length=20)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('rights', models.CharField(blank=True, max_length=64)),
                    ('turn', models.BigIntegerField(default=0)),
                    ('looked_at', models.DateTimeField(null=True)),
                    ('last', models.BigIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('holder', 'channel', 'world'), name='one_reader_a_channel')],
                },
            ),
            migrations.CreateModel(
                name='Arrival',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intel.reader')),
                    ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intel.parcel')),
                    ('first', models.PositiveIntegerField()),
                    ('count', models.PositiveIntegerField()),
                    ('begins', models.BigIntegerField()),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('reader', 'begins'), name='arrivals_in_order'), models.UniqueConstraint(fields=('reader', 'parcel', 'first'), name='arrives_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='PostStatus',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('at', models.DateTimeField(db_index=True, default=noroshi.core.clock.now)),
                    ('body', models.BinaryField()),
                ],
                options={
                    'base_manager_name': 'everything',
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Poll',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.token')),
                    ('collection', models.UUIDField()),
                    ('last_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('objects_given', models.PositiveBigIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('token', 'collection'), name='polled_once')],
                },
            ),
        ),
    ]
