"""Comments and names of files become searchable, and every entry of the index learns when its signal came out."""

from django.db import migrations, models

from noroshi.kit.domain import bigrams

CHUNK = 1_000
GUESS = "ALTER TABLE sharing_signal ALTER COLUMN published_at SET (n_distinct = 100)"
"""PostgreSQL takes a list of moments that it does not know yet for ten, and would sort them: they are many, and an index
has them in their order."""
MOMENTS = (
    "UPDATE kit_searchentry SET at = (SELECT published_at FROM {table} WHERE id = item_id) "
    "WHERE kind = %s AND EXISTS (SELECT 1 FROM {table} WHERE id = item_id)"
)


def index(apps, schema_editor):
    """Write the moments, then the words. On PostgreSQL the index is made anew afterwards, which is quicker."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    if on_postgresql:
        schema_editor.execute("DROP INDEX kit_search_tokens")
    for kind, table in (("signal", "sharing_signal"), ("reference", "sharing_referenceanswer")):
        schema_editor.execute(MOMENTS.format(table=table), [kind])
    for chunk in _chunks(_texts(apps)):
        _store(apps, schema_editor.connection, chunk)
    if on_postgresql:
        schema_editor.execute("CREATE INDEX kit_search_tokens ON kit_searchentry USING gin (tokens)")
        schema_editor.execute(GUESS)
        schema_editor.execute("ANALYZE sharing_signal (published_at)")


def _texts(apps):
    """Kind, item, moment and text: the comments with their files, then the files of signals."""
    comments = apps.get_model("sharing", "Comment").objects.filter(signal__state="published")
    files = apps.get_model("sharing", "Attachment").objects.filter(signal__state="published")
    names = {}
    for comment, name in files.exclude(comment=None).values_list("comment_id", "name"):
        names.setdefault(comment, []).append(name)
    for number, body, at in comments.values_list("pk", "body", "signal__published_at").iterator(CHUNK):
        yield "comment", number, at, "\n".join([body, *names.get(number, [])])
    for number, name, at in files.filter(comment=None).values_list("signal_id", "name", "signal__published_at"):
        yield "signal", number, at, name


def _chunks(texts):
    chunk = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _store(apps, connection, chunk):
    model = apps.get_model("kit", "SearchEntry")
    entries = model.objects.bulk_create(model(kind=kind, item_id=item, at=at) for kind, item, at, _text in chunk)
    tokens = [list(bigrams.tokens(text)) for *_item, text in chunk]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            rows = [(entry.pk, " ".join(words)) for entry, words in zip(entries, tokens, strict=True)]
            cursor.executemany("INSERT INTO kit_search (rowid, tokens) VALUES (%s, %s)", rows)
        else:
            vectors = (" ".join(f"'{word}':{place}" for place, word in enumerate(words, 1)) for words in tokens)
            rows = [(vector, entry.pk) for entry, vector in zip(entries, vectors, strict=True)]
            cursor.executemany("UPDATE kit_searchentry SET tokens = %s::tsvector WHERE id = %s", rows)


class Migration(migrations.Migration):
    dependencies = [("kit", "0004_moments_of_search"), ("sharing", "0011_mail_in")]
    operations = [
        migrations.AddIndex("signal", models.Index(fields=["-published_at", "-id"], name="signals_by_moment")),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
