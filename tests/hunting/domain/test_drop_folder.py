"""A dropped file is read once it has settled, and put away afterwards without overwriting another."""

import os

from noroshi.hunting.domain.drop_folder import SETTLED, put_away, ready_files


def test_files_are_ready_once_they_have_settled_oldest_first(tmp_path):
    for name in ("b.log", "a.log"):
        (tmp_path / name).write_text("x")
    changed = max((tmp_path / name).lstat().st_ctime for name in ("a.log", "b.log"))
    assert ready_files(tmp_path, changed + SETTLED - 1) == []
    assert ready_files(tmp_path, changed + SETTLED + 1) == [tmp_path / "b.log", tmp_path / "a.log"]


def test_a_date_that_copying_kept_makes_no_file_ready(tmp_path):
    (tmp_path / "a.log").write_text("x")
    os.utime(tmp_path / "a.log", (1, 1))
    assert ready_files(tmp_path, (tmp_path / "a.log").lstat().st_ctime + SETTLED - 1) == []


def test_what_is_unfinished_hidden_or_no_plain_file_is_passed_over(tmp_path):
    for name in (".a.log.Xy12", "b.log.part", "c.TMP", "d\x07.log"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.log").symlink_to("/etc/hostname")
    (tmp_path / "e.log.gz").write_text("x")
    later = (tmp_path / "e.log.gz").lstat().st_ctime + SETTLED
    assert ready_files(tmp_path, later) == [tmp_path / "e.log.gz"]


def test_a_file_put_away_overwrites_no_other_and_says_why_it_was_refused(tmp_path):
    places = []
    for _ in range(2):
        (tmp_path / "a.log").write_text("x")
        places.append(put_away(tmp_path / "a.log"))
    (tmp_path / "a.log").write_text("x")
    refused = put_away(tmp_path / "a.log", refused="The file is not text.")
    assert places == [tmp_path / "done" / "a.log", tmp_path / "done" / "a.log.2"]
    assert refused == tmp_path / "refused" / "a.log"
    assert (tmp_path / "refused" / "a.log.reason.txt").read_text() == "The file is not text.\n"
    assert ready_files(tmp_path, 1 << 40) == []
