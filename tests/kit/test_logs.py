"""Log lines: each one JSON object, with the number of its request."""

import io
import json
import logging
import sys

import pytest

from noroshi.kit import logs
from noroshi.kit.logs import JsonFormatter


@pytest.fixture
def lines():
    """Everything logged in the test, as the production handler writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().split("\n") if line]
    root.removeHandler(handler)


def test_line_of_japanese_is_json_and_readable(lines):
    logging.getLogger("noroshi.test").warning(
        "狼煙が上がった: %s", "「\"'\n\\」", extra={"銀行": "甲\u2028乙", "count": 3}
    )
    (line,) = lines()
    assert {key: line[key] for key in ("level", "logger", "message", "銀行", "count")} == {
        "level": "WARNING",
        "logger": "noroshi.test",
        "message": "狼煙が上がった: 「\"'\n\\」",
        "銀行": "甲\u2028乙",
        "count": 3,
    }


def test_line_is_written_in_clear_japanese():
    record = logging.makeLogRecord({"msg": "狼煙", "levelname": "INFO"})
    assert '"message": "狼煙"' in JsonFormatter().format(record)


def test_line_in_a_request_carries_its_number(lines):
    token = logs.request_id.set("number-1")
    logging.getLogger("noroshi.test").warning("x")
    logs.request_id.reset(token)
    logging.getLogger("noroshi.test").warning("y")
    assert [line.get("request") for line in lines()] == ["number-1", None]


def test_line_of_an_exception_carries_its_trace_in_one_line(lines):
    try:
        int("火")
    except ValueError:
        logging.getLogger("noroshi.test").exception("failed")
    (line,) = lines()
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: invalid literal for int() with base 10: '火'")


def test_line_is_not_forged_by_what_is_passed_along():
    record = logging.makeLogRecord({"msg": "real", "levelname": "INFO", "name": "noroshi"})
    vars(record).update(time="1999", level="DEBUG", logger="other", odd=object)
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "noroshi", "real")
    assert line["time"] != "1999"
    assert line["odd"] == "<class 'object'>"


def test_line_of_half_a_character_does_not_break_the_stream(capsys):
    record = logging.makeLogRecord({"msg": "file \udce3 名", "levelname": "INFO"})
    sys.stderr.write(JsonFormatter().format(record).encode(errors="backslashreplace").decode() + "\n")
    assert json.loads(capsys.readouterr().err)["message"] == "file \udce3 名"


@pytest.mark.parametrize("path", ["/no/such/page", "/signals/00000000-0000-0000-0000-000000000001/"])
def test_line_about_a_page_that_is_not_there_carries_the_number_of_its_request(cast, lines, path):
    answer = cast.client("b1").get(path)
    warnings = [line for line in lines() if line["logger"] == "django.request"]
    assert [(line["request"], line["status_code"]) for line in warnings] == [(answer.headers["X-Request-ID"], 404)]
