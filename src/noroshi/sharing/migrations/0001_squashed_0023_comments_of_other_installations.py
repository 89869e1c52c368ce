import django.db.models.deletion
import django.db.models.manager
import noroshi.core.clock
import noroshi.core.domain.audience
import noroshi.core.domain.tlp
import noroshi.core.ids
import noroshi.sharing.domain.handling
import noroshi.sharing.domain.outline
from django.conf import settings
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


GUESS = "ALTER TABLE sharing_signal ALTER COLUMN published_at SET (n_distinct = 100)"
"""PostgreSQL takes a list of moments that it does not know yet for ten, and would sort them: they are many, and an index
has them in their order."""


def guess_many_moments(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUESS)


class Migration(migrations.Migration):

    replaces = [
        ('sharing', '0001_initial'),
        ('sharing', '0002_forms_and_handling'),
        ('sharing', '0003_anonymous_times'),
        ('sharing', '0004_answers_and_desk'),
        ('sharing', '0005_guests'),
        ('sharing', '0006_consultations'),
        ('sharing', '0007_receipts'),
        ('sharing', '0008_attachments'),
        ('sharing', '0009_indexes_of_a_million'),
        ('sharing', '0010_files_tell_the_hour'),
        ('sharing', '0011_mail_in'),
        ('sharing', '0012_words_of_comments'),
        ('sharing', '0013_saved_searches'),
        ('sharing', '0014_documents'),
        ('sharing', '0015_received_parcels'),
        ('sharing', '0016_signals_of_other_installations'),
        ('sharing', '0017_grading_and_tags'),
        ('sharing', '0018_what_tools_fetch_and_report'),
        ('sharing', '0019_events_of_misp'),
        ('sharing', '0020_other_hubs'),
        ('sharing', '0021_plain_words'),
        ('sharing', '0022_grading_of_versions'),
        ('sharing', '0023_comments_of_other_installations'),
    ]

    initial = True

    dependencies = [
        ('federation', '0001_squashed_0003_what_peers_read'),
        ('intel', '0001_squashed_0010_bulletin_parcels'),
        ('members', '0001_squashed_0009_clients_certificates'),
        ('members', '__first__'),
        ('notify', '0001_squashed_0017_explainers'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Blob',
                fields=[
                    ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('size', models.PositiveBigIntegerField()),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
            ),
            migrations.CreateModel(
                name='GroupDocument',
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
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.group')),
                    ('title', models.CharField(max_length=200)),
                    ('description', models.TextField(blank=True)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=400)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['group', '-changed_at', '-id'], name='documents_of_group')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='DocumentVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.blob')),
                    ('name', models.CharField(max_length=200)),
                    ('kind', models.CharField(choices=[('png', 'png'), ('jpeg', 'jpeg'), ('gif', 'gif'), ('webp', 'webp'), ('pdf', 'pdf'), ('docx', 'docx'), ('xlsx', 'xlsx'), ('pptx', 'pptx'), ('text', 'text'), ('capture', 'capture'), ('zip', 'zip'), ('sample', 'sample')], max_length=8)),
                    ('charset', models.CharField(blank=True, max_length=20)),
                    ('size', models.PositiveBigIntegerField()),
                    ('cleaned', models.BooleanField(default=False)),
                    ('added_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='sharing.groupdocument')),
                    ('number', models.PositiveIntegerField()),
                    ('uploader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('note', models.CharField(blank=True, max_length=400)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='document_version_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='CannedRequest',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('title_ja', models.CharField(max_length=80)),
                    ('title_en', models.CharField(max_length=80)),
                    ('text_ja', models.TextField()),
                    ('text_en', models.TextField()),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('retired_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['title_en', 'id'],
                },
            ),
            migrations.CreateModel(
                name='MailAddress',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.group')),
                    ('secret_hash', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('expires_at', models.DateTimeField()),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['person', 'created_at'], name='mail_addresses_of_person')],
                },
            ),
            migrations.CreateModel(
                name='MispFeed',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('label', models.CharField(max_length=80)),
                    ('url', models.CharField(max_length=2000)),
                    ('authorization', models.CharField(blank=True, max_length=1000)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('asked_at', models.DateTimeField(null=True)),
                    ('good_at', models.DateTimeField(null=True)),
                    ('error', models.CharField(blank=True, max_length=300)),
                ],
            ),
            migrations.CreateModel(
                name='TakenEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('uuid', models.UUIDField()),
                    ('stamp', models.DateTimeField()),
                    ('taken_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('feed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sharing.mispfeed')),
                    ('refused', models.PositiveIntegerField(default=0)),
                    ('drafts', models.JSONField(default=list)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('person', 'uuid'), name='event_taken_once')],
                },
            ),
            migrations.CreateModel(
                name='ToolAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.token')),
                    ('output', models.CharField(max_length=120)),
                    ('basis', models.CharField(max_length=64)),
                    ('tag', models.CharField(max_length=64)),
                    ('changed_at', models.DateTimeField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('token', 'output'), name='answer_once_for_a_token')],
                },
            ),
            migrations.CreateModel(
                name='Deployment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('tool', models.CharField(max_length=60)),
                    ('observable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intel.observable')),
                    ('deployed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('hits', models.PositiveBigIntegerField(default=0)),
                    ('last_hit_at', models.DateTimeField(null=True)),
                    ('reported_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('world', models.CharField(default='real', max_length=40)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['observable', 'organisation'], name='deployments_of_value')],
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'tool', 'observable'), name='deployed_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='PlainMail',
                fields=[
                    ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='members.organisation')),
                    ('contact', models.CharField(blank=True, max_length=200)),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('people', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Signal',
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
                    ('kind', models.CharField(choices=[('incident', 'Incident'), ('fraud', 'Fraud'), ('phishing', 'Phishing'), ('malware', 'Malware'), ('vulnerability', 'Vulnerability'), ('question', 'Question'), ('good_practice', 'Good practice'), ('news', 'News')], max_length=16, verbose_name='Kind')),
                    ('target', models.CharField(choices=[('own_system', 'Own systems'), ('customer', 'Customers')], max_length=12, verbose_name='Struck')),
                    ('title', models.CharField(max_length=200, verbose_name='Title')),
                    ('body', models.TextField(blank=True, verbose_name='Text')),
                    ('form', models.CharField(choices=[('free', 'free'), ('outline', 'outline')], default=noroshi.sharing.domain.outline.Form['FREE'], max_length=8)),
                    ('outline', models.JSONField(blank=True, default=dict)),
                    ('plain_words', models.TextField(blank=True)),
                    ('pap', models.CharField(blank=True, choices=[('RED', 'RED'), ('AMBER', 'AMBER'), ('GREEN', 'GREEN'), ('CLEAR', 'CLEAR')], max_length=8)),
                    ('caveats', models.JSONField(blank=True, default=list)),
                    ('reliability', models.CharField(blank=True, choices=[('a', 'a'), ('b', 'b'), ('c', 'c'), ('d', 'd'), ('e', 'e'), ('f', 'f')], max_length=1)),
                    ('credibility', models.CharField(blank=True, choices=[('1', '1'), ('2', '2'), ('3', '3'), ('4', '4'), ('5', '5'), ('6', '6')], max_length=1)),
                    ('downgrade_at', models.DateTimeField(blank=True, null=True)),
                    ('downgrade_tlp', models.CharField(blank=True, choices=[('CLEAR', 'CLEAR'), ('GREEN', 'GREEN'), ('AMBER', 'AMBER'), ('AMBER+STRICT', 'AMBER+STRICT'), ('RED', 'RED')], max_length=12)),
                    ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.signal')),
                    ('arrived', models.BooleanField(default=False)),
                    ('voice_ja', models.CharField(blank=True, max_length=200)),
                    ('voice_en', models.CharField(blank=True, max_length=200)),
                    ('voice_person', models.CharField(blank=True, max_length=120)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('return_reason', models.CharField(blank=True, max_length=400)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=400)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['world', '-published_at', '-id'], name='signals_by_time'), models.Index(fields=['-published_at', '-id'], name='signals_by_moment'), models.Index(condition=models.Q(('downgrade_at__isnull', False)), fields=['downgrade_at'], name='signals_to_downgrade'), models.Index(fields=['world', 'tlp', '-published_at', '-id'], name='signals_by_tlp'), models.Index(fields=['world', 'kind', '-published_at', '-id'], name='signals_by_kind'), models.Index(fields=['world', 'kind', 'id'], name='signals_sorted_by_kind'), models.Index(fields=['world', 'title', 'id'], name='signals_sorted_by_title'), models.Index(condition=models.Q(('state', noroshi.core.domain.audience.State['PUBLISHED']), _negated=True), fields=['world', 'state', '-changed_at', '-id'], name='signals_not_out')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='sharing.signal')),
                    ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('author_mode', models.CharField(choices=[('named', 'named'), ('anonymous', 'anonymous'), ('unlinkable', 'unlinkable')], default=noroshi.core.domain.audience.AuthorMode['NAMED'], max_length=10)),
                    ('body', models.TextField()),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('place', models.PositiveIntegerField(default=0)),
                    ('path', models.JSONField(default=list)),
                    ('voice_ja', models.CharField(blank=True, max_length=200)),
                    ('voice_en', models.CharField(blank=True, max_length=200)),
                    ('voice_person', models.CharField(blank=True, max_length=120)),
                    ('files', models.PositiveIntegerField(default=0)),
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
                name='Acknowledgement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='sharing.signal')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'person'), name='acknowledged_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.blob')),
                    ('name', models.CharField(max_length=200)),
                    ('kind', models.CharField(choices=[('png', 'png'), ('jpeg', 'jpeg'), ('gif', 'gif'), ('webp', 'webp'), ('pdf', 'pdf'), ('docx', 'docx'), ('xlsx', 'xlsx'), ('pptx', 'pptx'), ('text', 'text'), ('capture', 'capture'), ('zip', 'zip'), ('sample', 'sample')], max_length=8)),
                    ('charset', models.CharField(blank=True, max_length=20)),
                    ('size', models.PositiveBigIntegerField()),
                    ('cleaned', models.BooleanField(default=False)),
                    ('added_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('id', models.UUIDField(default=noroshi.core.ids.new_vague_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='sharing.signal')),
                    ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sharing.comment')),
                    ('uploader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sample_sha256', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['signal', 'added_at'], name='attachments_of_signal')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='QuestionItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('framework', models.CharField(max_length=60)),
                    ('number', models.CharField(max_length=40)),
                    ('key', models.CharField(max_length=120)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='sharing.signal')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['key'], name='questions_by_item')],
                    'constraints': [models.UniqueConstraint(fields=('signal', 'key'), name='question_item_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Solution',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='solutions', to='sharing.signal')),
                    ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.comment')),
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
                name='Thanks',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thanks', to='sharing.signal')),
                    ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.comment')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('comment', 'person'), name='thanked_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='ReferenceAnswer',
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
                    ('number', models.PositiveIntegerField(null=True)),
                    ('title', models.CharField(max_length=200)),
                    ('question', models.TextField()),
                    ('answer', models.TextField()),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sharing.signal')),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('changed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=400)),
                ],
                options={
                    'abstract': False,
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['world', '-published_at', '-id'], name='answers_by_time')],
                    'constraints': [models.UniqueConstraint(fields=('world', 'tlp', 'number'), name='answer_number_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='ReferenceVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='sharing.referenceanswer')),
                    ('number', models.PositiveIntegerField()),
                    ('title', models.CharField(max_length=200)),
                    ('question', models.TextField()),
                    ('answer', models.TextField()),
                    ('replaced_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('reason', models.CharField(max_length=400)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('reference', 'number'), name='answer_version_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='ReferenceItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('framework', models.CharField(max_length=60)),
                    ('number', models.CharField(max_length=40)),
                    ('key', models.CharField(max_length=120)),
                    ('reference', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='sharing.referenceanswer')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['key'], name='answers_by_item')],
                    'constraints': [models.UniqueConstraint(fields=('reference', 'key'), name='answer_item_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='sharing.signal')),
                    ('reference', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='sharing.referenceanswer')),
                    ('title', models.CharField(max_length=200)),
                    ('question', models.TextField()),
                    ('answer', models.TextField()),
                    ('tlp', models.CharField(max_length=12)),
                    ('asked_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('agreed', models.BooleanField(null=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('agreed__isnull', True)), fields=('reference',), name='one_consent_asked_at_a_time')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Guest',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guests', to='sharing.signal')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('until', models.DateTimeField(null=True)),
                    ('invited_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('brought_line', models.BooleanField(default=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['until'], name='guests_to_end')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('signal', 'person'), name='one_stay_as_guest')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Holding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='holdings', to='sharing.signal')),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('held_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('outcome', models.CharField(blank=True, choices=[('released', 'Released'), ('returned', 'Handed back'), ('recalled', 'Recalled by its author')], max_length=8)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['world', 'ended_at'], name='holdings_by_end')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('signal',), name='one_holding_at_a_time')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Inquiry',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inquiries', to='sharing.signal')),
                    ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('text_ja', models.TextField()),
                    ('text_en', models.TextField()),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['signal', 'at'], name='inquiries_of_signal')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='TakenMail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sharing.mailaddress')),
                    ('digest', models.CharField(max_length=64)),
                    ('sender', models.CharField(blank=True, max_length=254)),
                    ('signal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sharing.signal')),
                    ('taken_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('address', 'digest'), name='mail_taken_once')],
                },
            ),
            migrations.CreateModel(
                name='Passage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='sharing.signal')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='federation.peer')),
                    ('agreed_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('released_version', models.PositiveIntegerField(null=True)),
                    ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('released_at', models.DateTimeField(null=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'peer'), name='passage_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='sharing.signal')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('channel', models.CharField(max_length=20)),
                    ('rule', models.CharField(max_length=40)),
                    ('first_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('last_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('count', models.PositiveIntegerField(default=1)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['person', 'signal'], name='read_by_person'), models.Index(fields=['organisation', 'signal'], name='read_by_organisation')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('signal', 'person', 'channel'), name='read_by_person_once'), models.UniqueConstraint(condition=models.Q(('person__isnull', True)), fields=('signal', 'organisation', 'channel'), name='read_by_machine_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='SignalParcel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parcels', to='sharing.signal')),
                    ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intel.parcel')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'parcel'), name='parcel_in_signal_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Relation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('later', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sharing.signal')),
                    ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sharing.signal')),
                    ('kind', models.CharField(choices=[('duplicate', 'Duplicate of'), ('continues', 'Continues'), ('campaign', 'Same campaign as')], max_length=10)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('later', 'earlier'), name='related_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='SignalVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='sharing.signal')),
                    ('number', models.PositiveIntegerField()),
                    ('title', models.CharField(max_length=200)),
                    ('body', models.TextField(blank=True)),
                    ('form', models.CharField(choices=[('free', 'free'), ('outline', 'outline')], default=noroshi.sharing.domain.outline.Form['FREE'], max_length=8)),
                    ('outline', models.JSONField(blank=True, default=dict)),
                    ('plain_words', models.TextField(blank=True)),
                    ('reliability', models.CharField(blank=True, choices=[('a', 'a'), ('b', 'b'), ('c', 'c'), ('d', 'd'), ('e', 'e'), ('f', 'f')], max_length=1)),
                    ('credibility', models.CharField(blank=True, choices=[('1', '1'), ('2', '2'), ('3', '3'), ('4', '4'), ('5', '5'), ('6', '6')], max_length=1)),
                    ('tags', models.JSONField(blank=True, default=list)),
                    ('tlp', models.CharField(max_length=12)),
                    ('replaced_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'number'), name='version_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='SignalObservable',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observables', to='sharing.signal')),
                    ('observable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intel.observable')),
                    ('reason', models.CharField(max_length=32)),
                    ('objective', models.CharField(choices=[('detect', 'detect'), ('block', 'block'), ('analyse', 'analyse')], default=noroshi.sharing.domain.handling.Objective['DETECT'], max_length=8)),
                    ('benign', models.JSONField(default=list)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'observable'), name='observable_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Origin',
                fields=[
                    ('signal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='sharing.signal')),
                    ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='federation.peer')),
                    ('path', models.JSONField(default=list)),
                    ('digest', models.CharField(max_length=64)),
                    ('recalled', models.BooleanField(default=False)),
                    ('files', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='SignalTag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tags', to='sharing.signal')),
                    ('tag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intel.tag')),
                ],
                options={
                    'base_manager_name': 'everything',
                    'constraints': [models.UniqueConstraint(fields=('signal', 'tag'), name='tag_once')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='SavedSearch',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('world', models.CharField(default='real', max_length=40)),
                    ('name', models.CharField(max_length=80)),
                    ('words', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(blank=True, choices=[('incident', 'Incident'), ('fraud', 'Fraud'), ('phishing', 'Phishing'), ('malware', 'Malware'), ('vulnerability', 'Vulnerability'), ('question', 'Question'), ('good_practice', 'Good practice'), ('news', 'News')], max_length=16)),
                    ('tlp', models.CharField(blank=True, choices=[('CLEAR', 'CLEAR'), ('GREEN', 'GREEN'), ('AMBER', 'AMBER'), ('AMBER+STRICT', 'AMBER+STRICT'), ('RED', 'RED')], max_length=12)),
                    ('since', models.DateField(null=True)),
                    ('with_values', models.BooleanField(default=False)),
                    ('seen', models.BigIntegerField(default=0)),
                    ('alert', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notify.subscription')),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['person', 'name'], name='searches_of_person')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
            migrations.CreateModel(
                name='Stance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('signal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stances', to='sharing.signal')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisation')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('kind', models.CharField(choices=[('affected', 'Affected'), ('checking', 'Checking'), ('patched', 'Protected'), ('not_affected', 'Not affected')], max_length=12)),
                    ('named', models.BooleanField(default=False)),
                    ('at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('current', models.BooleanField(default=True)),
                ],
                options={
                    'base_manager_name': 'everything',
                    'indexes': [models.Index(fields=['signal', 'organisation', '-id'], name='stances_of_signal')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('signal', 'organisation'), name='one_stance_at_a_time')],
                },
                managers=[
                    ('objects', django.db.models.manager.Manager()),
                    ('everything', django.db.models.manager.Manager()),
                ],
            ),
        ),
        migrations.RunPython(guess_many_moments, migrations.RunPython.noop),
    ]
