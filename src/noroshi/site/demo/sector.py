"""The made-up sector: a hub, twelve institutions, a supervisor and a vendor, with their people."""

from dataclasses import dataclass
from typing import Final

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role
from noroshi.core.domain.tlp import TLP
from noroshi.members import actions
from noroshi.members.domain.groups import Charter, Terms
from noroshi.members.models import GroupKind, InstitutionKind, Joining, Organisation, Person

REGIONAL: Final = (InstitutionKind.REGIONAL_BANK.value, InstitutionKind.COOPERATIVE.value)
CHARTER: Final = Charter(
    ja="## 目的\n\n事案の初動で役立つ情報を、会員どうしで早く共有する。\n\n"
    "## 決めごと\n\n- 発言者の組織名を外に出さない\n- 標準のTLPはAMBER",
    en="## Aim\n\nTo tell each other early what helps in the first hours of an incident.\n\n"
    "## Rules\n\n- Nobody outside learns which organisation spoke\n- The usual marking is AMBER",
)
PASSWORD: Final = "noroshi-demo-2026"  # noqa: S105 - printed on the screen of every demonstration


@dataclass(frozen=True)
class Institution:
    """One of the sector: its address book line, and how many lines its logs have."""

    slug: str
    name_ja: str
    name_en: str
    kind: InstitutionKind
    membership: MembershipClass = MembershipClass.REGULAR
    lines: int = 0


HUB: Final = Institution(
    "hub", "金融共助センター", "Financial Mutual Aid Centre", InstitutionKind.CENTRE, MembershipClass.HUB
)
MEMBERS: Final = (
    Institution("minato-bank", "みなと銀行", "Minato Bank", InstitutionKind.MAJOR_BANK, lines=180_000),
    Institution("hikari-bank", "ひかり銀行", "Hikari Bank", InstitutionKind.MAJOR_BANK, lines=150_000),
    Institution("kita-bank", "北の大地銀行", "Kita no Daichi Bank", InstitutionKind.REGIONAL_BANK, lines=90_000),
    Institution(
        "setouchi-bank", "瀬戸内みらい銀行", "Setouchi Mirai Bank", InstitutionKind.REGIONAL_BANK, lines=85_000
    ),
    Institution("nanto-bank", "南都さくら銀行", "Nanto Sakura Bank", InstitutionKind.REGIONAL_BANK, lines=80_000),
    Institution("sora-net", "そらネット銀行", "Sora Net Bank", InstitutionKind.NET_BANK, lines=120_000),
    Institution("wakaba-shinkin", "わかば信用金庫", "Wakaba Shinkin", InstitutionKind.COOPERATIVE, lines=40_000),
    Institution("tsubasa-trust", "つばさ信託銀行", "Tsubasa Trust", InstitutionKind.TRUST_BANK, lines=45_000),
    Institution(
        "anshin-life", "あんしん生命", "Anshin Life", InstitutionKind.INSURER, MembershipClass.AFFILIATE, 60_000
    ),
    Institution("mirai-sec", "みらい証券", "Mirai Securities", InstitutionKind.BROKER, lines=70_000),
    Institution("tokuto-card", "トクトカード", "Tokuto Card", InstitutionKind.CARD, lines=65_000),
    Institution("pay-nine", "ペイナイン", "Pay Nine", InstitutionKind.PAYMENT, MembershipClass.TRIAL, 35_000),
)
OUTSIDE: Final = (
    Institution(
        "supervisor", "金融監督庁", "Supervisory Agency", InstitutionKind.SUPERVISOR, MembershipClass.SUPERVISOR
    ),
    Institution("vendor", "システム開発社", "Systems Vendor", InstitutionKind.VENDOR, MembershipClass.VENDOR),
)

AUTHOR: Final = "minato-bank"
"""The bank that is hit first and shares."""

_ROLES: Final[dict[MembershipClass, tuple[tuple[str, str, tuple[Role, ...]], ...]]] = {
    MembershipClass.HUB: (
        ("operator", "運用 明", (Role.HUB_OPERATOR, Role.ANALYST)),
        ("trusted", "信 たのむ", (Role.HUB_OPERATOR, Role.TRUSTED_OPERATOR, Role.ANALYST)),
        ("auditor", "監査 正", (Role.AUDITOR,)),
    ),
    MembershipClass.SUPERVISOR: (("officer", "監督 一", (Role.SUPERVISOR,)),),
}
_MEMBER_ROLES: Final = (
    ("analyst", "分析 花子", (Role.ANALYST,)),
    ("fraud", "不正 太郎", (Role.FRAUD_ANALYST,)),
    ("admin", "管理 次郎", (Role.ORGANISATION_ADMIN,)),
)


def build() -> list[Person]:
    """Make the sector's organisations, people and a working group; return the people."""
    operator = Actor.system("demo")
    people = [
        person
        for institution in (HUB, *MEMBERS, *OUTSIDE)
        for person in _settle(operator, institution, actions.create_organisation(operator, **_fields(institution)))
    ]
    _make_groups(operator, people)
    return people


def _make_groups(operator: Actor, people: list[Person]) -> None:
    """Make a working group of everybody's analysts and a community of the regional institutions'."""
    incidents = actions.create_group(
        operator,
        slug="incident-response",
        name_ja="インシデント対応WG",
        name_en="Incident response working group",
        kind=GroupKind.WORKING_GROUP,
        terms=Terms(
            purpose_ja="事案の初動と情報共有の進め方を話し合う。",
            purpose_en="First response to incidents, and how it is shared.",
            joining=Joining.REQUEST,
        ),
    )
    regional = actions.create_group(
        operator,
        slug="regional-institutions",
        name_ja="地域金融機関コミュニティ",
        name_en="Regional institutions",
        kind=GroupKind.COMMUNITY,
        default_tlp=TLP.GREEN,
        terms=Terms(
            purpose_ja="地域金融機関どうしの相談と事例の共有。",
            purpose_en="Where regional institutions ask each other.",
            joining=Joining.OPEN,
            open_to=REGIONAL,
        ),
    )
    actions.write_charter(operator, group=incidents, charter=CHARTER)
    for person in people:
        if person.email.startswith(("analyst@", "operator@")) and "vendor" not in person.email:
            actions.join_group(operator, group=incidents, person=person)
            if person.organisation.kind in REGIONAL:
                actions.join_group(operator, group=regional, person=person)


def _fields(institution: Institution) -> dict[str, str]:
    return {
        "slug": institution.slug,
        "name_ja": institution.name_ja,
        "name_en": institution.name_en,
        "kind": institution.kind,
        "membership": institution.membership,
    }


def _settle(operator: Actor, institution: Institution, organisation: Organisation) -> list[Person]:
    return [
        actions.create_person(
            operator,
            email=address(name, institution.slug),
            name=full_name,
            organisation=organisation,
            roles=roles,
            password=PASSWORD,
        )
        for name, full_name, roles in _ROLES.get(institution.membership, _MEMBER_ROLES)
    ]


def address(name: str, slug: str) -> str:
    """Return the sign-in of somebody: `analyst@hikari-bank.example`."""
    return f"{name}@{slug}.example"
