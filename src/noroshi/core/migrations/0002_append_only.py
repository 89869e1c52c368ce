"""The database itself refuses to change or delete what the ledger holds, on both engines."""

from django.db import migrations

TABLES = {"core_ledgerentry": ("id",), "core_seal": ("position", "entry_id")}
REFUSAL = "the ledger is append-only"

POSTGRESQL = f"""
CREATE FUNCTION noroshi_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;
"""


# INSERT OR REPLACE deletes the row in its way without asking the DELETE trigger: the insertion itself must refuse.
SQLITE = {
    "update": "BEFORE UPDATE ON {table}",
    "delete": "BEFORE DELETE ON {table}",
    "replace": "BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})",
}


def refuse(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        _refuse_on_sqlite(schema_editor)
    else:
        _refuse_on_postgresql(schema_editor)


def _refuse_on_sqlite(schema_editor):
    for table, keys in TABLES.items():
        same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        for name, when in SQLITE.items():
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{name} {when.format(table=table, same=same)} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def _refuse_on_postgresql(schema_editor):
    schema_editor.execute(POSTGRESQL)
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION noroshi_append_only()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION noroshi_append_only()"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for name in SQLITE:
                schema_editor.execute(f"DROP TRIGGER {table}_no_{name}")
    else:
        schema_editor.execute("DROP FUNCTION noroshi_append_only() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
