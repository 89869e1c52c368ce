"""Reading a text with one reader, without a lake."""

import pytest

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.log_file import survey
from noroshi.hunting.engine.readers import reader_for


@pytest.fixture
def read(tmp_path):
    """Read text with one reader, or the one that it is recognised for; return (line, fields), and what was refused."""

    def run(text, reader=None, mapping=None):
        path = tmp_path / "log"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        refused, roles, surveyed = [], FieldRoles(mapping), survey(path)
        reader = reader or reader_for(surveyed.sample, roles)
        records = reader(surveyed, roles, lambda line, reason, _raw: refused.append((line, reason.name)))
        return [(line, fields) for line, _, fields in records], refused

    return run
