"""Rows of the members room, made directly: the shortest way to a sector for tests about something else."""

from collections.abc import Collection
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password

from noroshi.members.models import Organisation, Person, RoleAssignment

PASSWORD: Final = "correct horse battery staple"
TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_organisation(slug: str, **fields) -> Organisation:
    return Organisation.objects.create(**organisation_fields(slug, **fields))


def organisation_fields(slug: str, **fields) -> dict[str, str]:
    return {"slug": slug, "name_ja": f"{slug}株式会社", "name_en": slug.title(), "kind": "regional_bank", **fields}


def make_person(email: str, organisation: Organisation, *roles: str, **fields) -> Person:
    return make_people({email: (organisation, roles)}, **fields)[0]


def make_people(wanted: dict[str, tuple[Organisation, Collection[str]]], **fields) -> list[Person]:
    """Accounts with the password and second factor above, as the actions make them, in five queries."""
    password = make_password(PASSWORD)
    people = [
        Person(**{"email": email, "name": email.split("@")[0], "password": password, **fields}, organisation=home)
        for email, (home, _) in wanted.items()
    ]
    Person.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, role=role) for person in people for role in wanted[person.email][1]
    )
    secret = encrypt(TOTP_SECRET)
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type=Authenticator.Type.TOTP, data={"secret": secret}) for person in people
    )
    return people
