"""Organisations, people, their roles, the groups they share in, and the tokens of their machines."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.members.domain.meters import Measure


class InstitutionKind(models.TextChoices):
    """Kind of institution (業態)."""

    CENTRE = "centre", _("Sharing centre")
    MAJOR_BANK = "major_bank", _("Major bank")
    REGIONAL_BANK = "regional_bank", _("Regional bank")
    NET_BANK = "net_bank", _("Internet bank")
    COOPERATIVE = "cooperative", _("Credit cooperative")
    TRUST_BANK = "trust_bank", _("Trust bank")
    INSURER = "insurer", _("Insurer")
    BROKER = "broker", _("Securities firm")
    CARD = "card", _("Card company")
    PAYMENT = "payment", _("Payment service")
    INFRASTRUCTURE = "infrastructure", _("Market infrastructure")
    SUPERVISOR = "supervisor", _("Authority")
    VENDOR = "vendor", _("Vendor")


class ClassChoices(models.TextChoices):
    """Class of membership, as shown."""

    HUB = MembershipClass.HUB.value, _("Hub")
    REGULAR = MembershipClass.REGULAR.value, _("Regular member")
    AFFILIATE = MembershipClass.AFFILIATE.value, _("Affiliate member")
    TRIAL = MembershipClass.TRIAL.value, _("Trial member")
    SUPPORTING = MembershipClass.SUPPORTING.value, _("Supporting member")
    VENDOR = MembershipClass.VENDOR.value, _("Vendor")
    SUPERVISOR = MembershipClass.SUPERVISOR.value, _("Supervisor")


class StandingChoices(models.TextChoices):
    """Standing, as shown."""

    ACTIVE = Standing.ACTIVE.value, _("Active")
    SUSPENDED = Standing.SUSPENDED.value, _("Suspended")
    LEFT = Standing.LEFT.value, _("Left")


class RoleChoices(models.TextChoices):
    """Roles, as shown."""

    ANALYST = Role.ANALYST.value, _("Analyst")
    FRAUD_ANALYST = Role.FRAUD_ANALYST.value, _("Fraud analyst")
    COORDINATOR = Role.COORDINATOR.value, _("Coordinator")
    ORGANISATION_ADMIN = Role.ORGANISATION_ADMIN.value, _("Organisation admin")
    HUB_OPERATOR = Role.HUB_OPERATOR.value, _("Hub operator")
    TRUSTED_OPERATOR = Role.TRUSTED_OPERATOR.value, _("Trusted operator")
    AUDITOR = Role.AUDITOR.value, _("Auditor")
    SUPERVISOR = Role.SUPERVISOR.value, _("Supervisor")


def in_language(japanese: str, english: str) -> str:
    """Return the text in the reader's language; the other one where it is missing."""
    first, second = (japanese, english) if (get_language() or "ja").startswith("ja") else (english, japanese)
    return first or second


class Organisation(models.Model):
    """An institution that takes part."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=InstitutionKind.choices)
    membership = models.CharField(max_length=12, choices=ClassChoices.choices, default=ClassChoices.REGULAR)
    standing = models.CharField(max_length=10, choices=StandingChoices.choices, default=StandingChoices.ACTIVE)
    usual_tlp = models.CharField(max_length=12, choices=[(level.value, level.label) for level in TLP], blank=True)
    """The level from which the organisation's people start when they share; empty: the installation's."""
    names_its_readers = models.BooleanField(default=False)
    """Whether the author of a signal is told by name who of this organisation read it."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(membership=MembershipClass.HUB.value), name="one_hub"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_ja, self.name_en)


class MarkKind(models.TextChoices):
    """By what an organisation is known in a text."""

    NAME = "name", _("Other names")
    DOMAIN = "domain", _("Domains")
    RANGE = "range", _("Address ranges")


class OrganisationMark(models.Model):
    """Something by which an organisation is known: stated by its admin, so that nobody there gives it away unawares.

    For the organisation's own people alone: nobody else, the hub neither, reads these rows.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=MarkKind.choices)
    value = models.CharField(max_length=253)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "value"], name="mark_once")]


class PersonManager(BaseUserManager["Person"]):
    """People are made by `members.actions`; this finds them for sign-in."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find by mail address, whatever its case."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody with an account: of one organisation, for good. Who changes employer gets a new account."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    standing = models.CharField(max_length=10, choices=StandingChoices.choices, default=StandingChoices.ACTIVE)
    language = models.CharField(max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))], default="ja")
    single_keys = models.BooleanField(default=True)
    """Whether keys without Ctrl or Alt do something on the pages: one who speaks to the computer turns them off."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account and its organisation take part: what sign-in asks."""
        return self.standing == Standing.ACTIVE and self.organisation.standing == Standing.ACTIVE


class RoleAssignment(models.Model):
    """A role that a person holds."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=RoleChoices.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once")]


class ClassCeiling(models.Model):
    """How high a class of members sees by community grants, where the hub departs from the default."""

    membership = models.CharField(max_length=12, choices=ClassChoices.choices, primary_key=True)
    community = models.CharField(max_length=12, choices=[(level.value, level.label) for level in TLP])


class GroupKind(models.TextChoices):
    """Kinds of sharing group."""

    WORKING_GROUP = "working_group", _("Working group")
    COMMUNITY = "community", _("Business-type community")
    AD_HOC = "ad_hoc", _("Ad hoc group")


class Joining(models.TextChoices):
    """How one comes into a group."""

    REQUEST = "request", _("On request")
    INVITATION = "invitation", _("By invitation")
    OPEN = "open", _("Open")


class Group(models.Model):
    """A circle of people, across organisations, that shares."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=GroupKind.choices)
    purpose_ja = models.CharField(max_length=300, blank=True)
    purpose_en = models.CharField(max_length=300, blank=True)
    joining = models.CharField(max_length=12, choices=Joining.choices, default=Joining.INVITATION)
    open_to: Any = models.JSONField(default=list)
    """Classes of membership and kinds of institution that an open group lets in; empty where all members may."""
    confidential = models.BooleanField(default=False)
    """Whether only its members, and who keeps the register, may know that it exists."""
    default_tlp = models.CharField(
        max_length=12, choices=[(level.value, level.label) for level in TLP], default=TLP.AMBER.value
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_ja, self.name_en)

    @property
    def purpose(self) -> str:
        """What it is for, in a sentence in the reader's language."""
        return in_language(self.purpose_ja, self.purpose_en)

    def lets_in(self, organisation: Organisation) -> bool:
        """Whether people of the organisation come in by themselves."""
        fitting = {organisation.membership, organisation.kind}
        return self.joining == Joining.OPEN and (not self.open_to or not fitting.isdisjoint(self.open_to))


class GroupCharter(models.Model):
    """One version of a group's charter, in Markdown; the latest is in force. The ledger has the digest of each."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="charters")
    number = models.PositiveIntegerField()
    text_ja = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    members_add_documents = models.BooleanField(default=False)
    """Whether every member adds documents to the group, or its coordinators alone."""
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="charter_version_once")]

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return in_language(self.text_ja, self.text_en)


class RequestState(models.TextChoices):
    """What became of a request to join."""

    WAITING = "waiting", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


class JoinRequest(models.Model):
    """Somebody's wish to join a group, with a sentence."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sentence = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    reason = models.CharField(max_length=400, blank=True)
    """Why it was refused, as the person reads it. Who decided is the ledger's to know."""
    made_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(state=RequestState.WAITING), name="one_request_at_a_time"
            )
        ]


class GroupMembership(models.Model):
    """One stay of a person in a group; the history of membership is the rows that have ended."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    coordinator = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(left_at__isnull=True), name="one_stay_at_a_time"
            )
        ]


class Invitation(models.Model):
    """An invitation by mail. The token leaves once; its hash stays."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    roles = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Token(models.Model):
    """An API token, of a person or of an organisation's machine; shown once, stored hashed, scoped, expiring."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    label = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    certificate = models.CharField(max_length=64, blank=True)
    """SHA-256 of a client's certificate that opens what the token opens; empty for none."""
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(revoked_at__isnull=True) & ~Q(certificate=""),
                name="certificate_opens_one_token",
            )
        ]

    @property
    def holder_name(self) -> str:
        """What a program that has to give a name gives: the person's mail address, or the organisation's short name."""
        return self.person.email.lower() if self.person else self.organisation.slug

    @property
    def is_usable(self) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > clock.now()


class MeasureChoices(models.TextChoices):
    """What is counted of an account, as shown."""

    READING = Measure.READING.value, _("Much is read")
    PAGING = Measure.PAGING.value, _("Many pages of lists are turned")
    MISSING = Measure.MISSING.value, _("Much is asked for that is not there")
    REFUSED = Measure.REFUSED.value, _("A token is used that opens nothing")
    ADDRESSES = Measure.ADDRESSES.value, _("A token is used from many addresses")


class Alarm(models.Model):
    """An account did more of something within a window than is usual. One row for the window, however it goes on."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    measure = models.CharField(max_length=10, choices=MeasureChoices.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    token = models.ForeignKey(Token, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    """What was counted when it was told; what it had come to when it was refused."""
    began_at = models.DateTimeField()
    raised_at = models.DateTimeField(default=clock.now, db_index=True)
    stopped_at = models.DateTimeField(null=True)
    """When more was refused; empty where it never came to that."""

    @property
    def account(self) -> str:
        """Whose account it is, in a few words."""
        names = [self.token.label if self.token else "", self.person.name if self.person else ""]
        return " · ".join(name for name in names if name)


class Meter(models.Model):
    """How much an account has done of one kind since its window began. A row is written anew with each window.

    `holder` is the token's id where a token acts, else the person's. A row is its account's alone, so that nobody waits
    for it but the account itself.
    """

    holder = models.UUIDField()
    measure = models.CharField(max_length=10, choices=MeasureChoices.choices)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)
    alarm = models.ForeignKey(Alarm, on_delete=models.SET_NULL, null=True, related_name="+")
    """The alarm of this window."""
    lifted_until = models.DateTimeField(null=True)
    """Until when the hub lets it do as much as it likes."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "measure"], name="one_meter_each")]


class TokenOrigin(models.Model):
    """Whence a token was used within the last day. Forgotten after that: nobody keeps a record of where people are."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="origins")
    origin = models.CharField(max_length=45)
    """As `domain.meters.origin_of` says it; empty where a request came from no address."""
    last_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "origin"], name="token_origin_once")]
