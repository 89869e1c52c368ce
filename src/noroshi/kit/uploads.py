"""Files on their way in: counted while they arrive, so that too large a one is not taken in first and refused then."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _


class FileTooBig(RequestDataTooBig):
    """A file is larger than the installation takes; its text is the sentence for the person."""


class BoundedUploadHandler(FileUploadHandler):
    """Breaks off a request that carries more than one file may weigh. It keeps nothing: the next handlers do."""

    def handle_raw_input(self, *_args: Any, **_values: Any) -> None:
        """Begin to count: a long text in a form is not a file, and is refused by what it is."""
        self.count = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and pass on."""
        del start
        self.count += len(raw_data)
        self._check(self.count)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        del file_size

    def _check(self, size: int) -> None:
        if size > settings.FILE_LIMIT:
            limit = settings.FILE_LIMIT // (1024 * 1024)
            raise FileTooBig(_("That is too large: a file may have at most %(limit)s MB.") % {"limit": limit})
