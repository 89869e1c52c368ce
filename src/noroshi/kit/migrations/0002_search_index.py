"""The full-text index behind `kit.search`: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL."""

from django.db import migrations

# The tokens come ready-made, divided by spaces: every other character belongs to one, whatever SQLite's tables say of it.
SQLITE = (
    "CREATE VIRTUAL TABLE kit_search USING fts5("
    "tokens, tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")",
)
POSTGRESQL = (
    "ALTER TABLE kit_searchentry ADD COLUMN tokens tsvector",
    "CREATE INDEX kit_search_tokens ON kit_searchentry USING gin (tokens)",
)


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
