"""The lists of the members room."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, Rows, TextFilter
from noroshi.members.domain.authority import manages_community
from noroshi.members.models import (
    ClassChoices,
    GroupKind,
    InstitutionKind,
    Joining,
    MeasureChoices,
    Person,
    RoleChoices,
    StandingChoices,
)
from noroshi.members.queries import alarms_for, groups_for, organisations_for, people_for
from noroshi.members.wording import channel_of, count_of, state_of

ORGANISATIONS: Final = ListSpec(
    name="organisations",
    columns=(
        Column("name", _("Organisation"), str, sort="name_ja", cell="members/cells/organisation.html"),
        Column("slug", _("Short name"), lambda row: row.slug, sort="slug", style="mono"),
        Column("kind", _("Kind of institution"), lambda row: row.get_kind_display(), sort="kind"),
        Column("membership", _("Class of membership"), lambda row: row.get_membership_display(), sort="membership"),
        Column("people", _("People"), lambda row: row.people_count, sort="people_count"),
        Column("standing", _("Standing"), lambda row: row.get_standing_display(), cell="members/cells/standing.html"),
    ),
    filters=(
        TextFilter("q", _("Name"), ("name_ja", "name_en", "slug")),
        ChoiceFilter("kind", _("Kind of institution"), InstitutionKind.choices, "kind"),
        ChoiceFilter("membership", _("Class of membership"), ClassChoices.choices, "membership"),
        ChoiceFilter("standing", _("Standing"), StandingChoices.choices, "standing"),
    ),
    default_sort="name",
    empty=_("No organisations yet."),
    export_queryset=organisations_for,
)


def _roles(person: Person) -> str:
    held = {row.role for row in person.role_assignments.all()}
    return ", ".join(str(label) for role, label in RoleChoices.choices if role in held)


PEOPLE: Final = ListSpec(
    name="people",
    columns=(
        Column("name", _("Name"), str, sort="name", cell="members/cells/person.html"),
        Column("email", _("Mail address"), lambda row: row.email, sort="email"),
        Column("organisation", _("Organisation"), lambda row: row.organisation, sort="organisation__name_ja"),
        Column("roles", _("Roles"), _roles),
        Column("standing", _("Standing"), lambda row: row.get_standing_display(), cell="members/cells/standing.html"),
        Column("last_login", _("Last sign-in"), lambda row: row.last_login, "last_login", "kit/cells/when.html"),
    ),
    filters=(
        TextFilter("q", _("Name or address"), ("name", "email")),
        TextFilter("organisation", _("Organisation"), ("organisation__name_ja", "organisation__slug")),
        ChoiceFilter("role", _("Role"), RoleChoices.choices, "role_assignments__role"),
        ChoiceFilter("standing", _("Standing"), StandingChoices.choices, "standing"),
    ),
    default_sort="name",
    empty=_("Nobody yet. Invite the first person."),
    export_queryset=people_for,
)


def _mine(rows: Rows, choice: str) -> Rows:
    return rows.filter(mine=choice == "yes")


GROUPS: Final = ListSpec(
    name="groups",
    columns=(
        Column("name", _("Group"), str, sort="name_ja", cell="members/cells/group.html", style="wide"),
        Column("kind", _("Kind of group"), lambda row: row.get_kind_display(), sort="kind"),
        Column("joining", _("How one joins"), lambda row: row.get_joining_display(), sort="joining"),
        Column("organisations", _("Organisations"), lambda row: row.organisation_count, sort="organisation_count"),
        Column("people", _("People"), lambda row: row.people_count, sort="people_count"),
        Column("default_tlp", _("Usual marking"), lambda row: row.default_tlp, cell="kit/cells/tlp.html"),
        Column("closed_at", _("Closed"), lambda row: row.closed_at, "closed_at", "kit/cells/when.html"),
    ),
    filters=(
        TextFilter("q", _("Name or purpose"), ("name_ja", "name_en", "slug", "purpose_ja", "purpose_en")),
        ChoiceFilter("kind", _("Kind of group"), GroupKind.choices, "kind"),
        ChoiceFilter("joining", _("How one joins"), Joining.choices, "joining"),
        ChoiceFilter("mine", _("I belong to it"), [("yes", _("mine")), ("no", _("not mine"))], _mine),
    ),
    default_sort="name",
    empty=_("No groups yet."),
    export_queryset=groups_for,
)


def alarm_list_for(actor: Actor) -> ListSpec:
    """Return the list of alarms; whoever manages the community lifts what is refused, from its lines."""
    lifts = manages_community(actor)
    return ListSpec(
        name="alarms",
        columns=(
            Column("raised", _("When"), lambda row: row.raised_at, "raised_at", "kit/cells/when.html", "tight"),
            Column("account", _("Whose account"), lambda row: row.account, cell="members/cells/account.html"),
            Column("organisation", _("Organisation"), lambda row: row.organisation, sort="organisation__name_ja"),
            Column("measure", _("What happened"), lambda row: row.get_measure_display(), sort="measure", style="wide"),
            Column("count", _("How often"), count_of, style="tight"),
            Column("channel", _("Channel"), lambda row: channel_of(row.channel), sort="channel"),
            Column("state", _("State"), state_of, cell="members/cells/alarm.html"),
            *(
                [Column("lift", _("Let go on"), lambda _row: "", cell="members/cells/lift.html", exported=False)]
                * lifts
            ),
        ),
        filters=(
            TextFilter("q", _("Account or organisation"), ALARM_NAMES),
            ChoiceFilter("measure", _("What happened"), MeasureChoices.choices, "measure"),
            ChoiceFilter("state", _("State"), [("told", _("Told")), ("stopped", _("More was refused"))], _of_state),
            DateFilter("since", _("Since"), "raised_at__date__gte"),
        ),
        default_sort="-raised",
        empty=_("No alarms. Nobody read, turned or asked more than is usual."),
        export_queryset=alarms_for,
    )


ALARM_NAMES: Final = ("person__name", "token__label", "organisation__name_ja", "organisation__name_en")


def _of_state(rows: Rows, choice: str) -> Rows:
    return rows.filter(stopped_at__isnull=choice == "told")
