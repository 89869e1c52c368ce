import django.db.models.deletion
import noroshi.core.clock
import noroshi.core.ids
from django.conf import settings
from django.db import migrations, models
from noroshi.core.migrating import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('members', '0001_initial'),
        ('members', '0002_what_groups_are_and_who_may_join'),
        ('members', '0003_charters_stand_in_versions'),
        ('members', '0004_marks'),
        ('members', '0005_names_its_readers'),
        ('members', '0006_meters_and_alarms'),
        ('members', '0007_single_keys'),
        ('members', '0008_who_adds_documents'),
        ('members', '0009_clients_certificates'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('slug', models.SlugField(max_length=60, unique=True)),
                    ('name_ja', models.CharField(max_length=200)),
                    ('name_en', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(choices=[('centre', 'Sharing centre'), ('major_bank', 'Major bank'), ('regional_bank', 'Regional bank'), ('net_bank', 'Internet bank'), ('cooperative', 'Credit cooperative'), ('trust_bank', 'Trust bank'), ('insurer', 'Insurer'), ('broker', 'Securities firm'), ('card', 'Card company'), ('payment', 'Payment service'), ('infrastructure', 'Market infrastructure'), ('supervisor', 'Authority'), ('vendor', 'Vendor')], max_length=20)),
                    ('membership', models.CharField(choices=[('hub', 'Hub'), ('regular', 'Regular member'), ('affiliate', 'Affiliate member'), ('trial', 'Trial member'), ('supporting', 'Supporting member'), ('vendor', 'Vendor'), ('supervisor', 'Supervisor')], default='regular', max_length=12)),
                    ('standing', models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended'), ('left', 'Left')], default='active', max_length=10)),
                    ('usual_tlp', models.CharField(blank=True, choices=[('CLEAR', 'TLP:CLEAR'), ('GREEN', 'TLP:GREEN'), ('AMBER', 'TLP:AMBER'), ('AMBER+STRICT', 'TLP:AMBER+STRICT'), ('RED', 'TLP:RED')], max_length=12)),
                    ('names_its_readers', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('membership', 'hub')), fields=('membership',), name='one_hub')],
                },
            ),
            migrations.CreateModel(
                name='OrganisationMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='members.organisation')),
                    ('kind', models.CharField(choices=[('name', 'Other names'), ('domain', 'Domains'), ('range', 'Address ranges')], max_length=8)),
                    ('value', models.CharField(max_length=253)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('organisation', 'kind', 'value'), name='mark_once')],
                },
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='members.organisation')),
                    ('standing', models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended'), ('left', 'Left')], default='active', max_length=10)),
                    ('language', models.CharField(choices=[('ja', 'Japanese'), ('en', 'English')], default='ja', max_length=2)),
                    ('single_keys', models.BooleanField(default=True)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='RoleAssignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('analyst', 'Analyst'), ('fraud_analyst', 'Fraud analyst'), ('coordinator', 'Coordinator'), ('organisation_admin', 'Organisation admin'), ('hub_operator', 'Hub operator'), ('trusted_operator', 'Trusted operator'), ('auditor', 'Auditor'), ('supervisor', 'Supervisor')], max_length=20)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('person', 'role'), name='role_once')],
                },
            ),
            migrations.CreateModel(
                name='ClassCeiling',
                fields=[
                    ('membership', models.CharField(choices=[('hub', 'Hub'), ('regular', 'Regular member'), ('affiliate', 'Affiliate member'), ('trial', 'Trial member'), ('supporting', 'Supporting member'), ('vendor', 'Vendor'), ('supervisor', 'Supervisor')], max_length=12, primary_key=True, serialize=False)),
                    ('community', models.CharField(choices=[('CLEAR', 'TLP:CLEAR'), ('GREEN', 'TLP:GREEN'), ('AMBER', 'TLP:AMBER'), ('AMBER+STRICT', 'TLP:AMBER+STRICT'), ('RED', 'TLP:RED')], max_length=12)),
                ],
            ),
            migrations.CreateModel(
                name='Group',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('slug', models.SlugField(max_length=60, unique=True)),
                    ('name_ja', models.CharField(max_length=200)),
                    ('name_en', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(choices=[('working_group', 'Working group'), ('community', 'Business-type community'), ('ad_hoc', 'Ad hoc group')], max_length=20)),
                    ('purpose_ja', models.CharField(blank=True, max_length=300)),
                    ('purpose_en', models.CharField(blank=True, max_length=300)),
                    ('joining', models.CharField(choices=[('request', 'On request'), ('invitation', 'By invitation'), ('open', 'Open')], default='invitation', max_length=12)),
                    ('open_to', models.JSONField(default=list)),
                    ('confidential', models.BooleanField(default=False)),
                    ('default_tlp', models.CharField(choices=[('CLEAR', 'TLP:CLEAR'), ('GREEN', 'TLP:GREEN'), ('AMBER', 'TLP:AMBER'), ('AMBER+STRICT', 'TLP:AMBER+STRICT'), ('RED', 'TLP:RED')], default='AMBER', max_length=12)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='GroupCharter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charters', to='members.group')),
                    ('number', models.PositiveIntegerField()),
                    ('text_ja', models.TextField(blank=True)),
                    ('text_en', models.TextField(blank=True)),
                    ('members_add_documents', models.BooleanField(default=False)),
                    ('written_at', models.DateTimeField(default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('group', 'number'), name='charter_version_once')],
                },
            ),
            migrations.CreateModel(
                name='JoinRequest',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='members.group')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sentence', models.CharField(max_length=400)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Taken back')], default='waiting', max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                    ('made_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('decided_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('group', 'person'), name='one_request_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='GroupMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='members.group')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('coordinator', models.BooleanField(default=False)),
                    ('joined_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('left_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('group', 'person'), name='one_stay_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('email', models.EmailField(max_length=254)),
                    ('name', models.CharField(max_length=120)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('roles', models.JSONField(default=list)),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('expires_at', models.DateTimeField()),
                    ('accepted_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Token',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('label', models.CharField(max_length=120)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('certificate', models.CharField(blank=True, max_length=64)),
                    ('scopes', models.JSONField(default=list)),
                    ('created_at', models.DateTimeField(default=noroshi.core.clock.now)),
                    ('expires_at', models.DateTimeField()),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True), models.Q(('certificate', ''), _negated=True)), fields=('certificate',), name='certificate_opens_one_token')],
                },
            ),
            migrations.CreateModel(
                name='Alarm',
                fields=[
                    ('id', models.UUIDField(default=noroshi.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                    ('measure', models.CharField(choices=[('reading', 'Much is read'), ('paging', 'Many pages of lists are turned'), ('missing', 'Much is asked for that is not there'), ('refused', 'A token is used that opens nothing'), ('addresses', 'A token is used from many addresses')], max_length=10)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.organisation')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.token')),
                    ('channel', models.CharField(max_length=20)),
                    ('count', models.PositiveIntegerField()),
                    ('began_at', models.DateTimeField()),
                    ('raised_at', models.DateTimeField(db_index=True, default=noroshi.core.clock.now)),
                    ('stopped_at', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Meter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('holder', models.UUIDField()),
                    ('measure', models.CharField(choices=[('reading', 'Much is read'), ('paging', 'Many pages of lists are turned'), ('missing', 'Much is asked for that is not there'), ('refused', 'A token is used that opens nothing'), ('addresses', 'A token is used from many addresses')], max_length=10)),
                    ('began_at', models.DateTimeField(db_index=True)),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('alarm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='members.alarm')),
                    ('lifted_until', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('holder', 'measure'), name='one_meter_each')],
                },
            ),
            migrations.CreateModel(
                name='TokenOrigin',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='origins', to='members.token')),
                    ('origin', models.CharField(max_length=45)),
                    ('last_at', models.DateTimeField(db_index=True, default=noroshi.core.clock.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('token', 'origin'), name='token_origin_once')],
                },
            ),
        ),
    ]
