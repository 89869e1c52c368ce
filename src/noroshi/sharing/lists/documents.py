"""The list of a group's documents."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec, TextFilter
from noroshi.members.models import Group
from noroshi.sharing.actions import DOCUMENT_LEVELS
from noroshi.sharing.domain.file_kinds import FileKind
from noroshi.sharing.models import DocumentVersion, GroupDocument
from noroshi.sharing.queries import DOCUMENT_KIND, documents_of
from noroshi.sharing.wording import FILE_KINDS


def _current(row: GroupDocument) -> DocumentVersion:
    (current,) = vars(row)["current"]
    version: DocumentVersion = current
    return version


def _file(row: GroupDocument) -> str:
    file = _current(row)
    return f"{FILE_KINDS[FileKind(file.kind)]} · {filesizeformat(file.size)}"


def document_list_for(group: Group) -> ListSpec:
    """Return the list of the documents of `group`, its file of titles too."""
    return ListSpec(
        name="documents",
        columns=(
            Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
            Column("title", _("Title"), lambda row: row.title, "title", "sharing/cells/document.html", "wide"),
            Column("version", _("Version"), lambda row: row.version, "version", style="tight"),
            Column("file", _("File"), _file, style="tight"),
            Column("from", _("From"), lambda row: row.author.organisation.name),
            Column("changed", _("Changed"), lambda row: row.changed_at, "changed_at", "kit/cells/when.html", "tight"),
        ),
        filters=(
            TextFilter("q", _("Search"), lambda rows, text: rows.filter(search.matching(DOCUMENT_KIND, text))),
            ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in DOCUMENT_LEVELS], "tlp"),
        ),
        default_sort="-changed",
        empty=_("No documents yet."),
        export_queryset=lambda taker: documents_of(taker, group),
    )
