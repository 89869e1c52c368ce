"""Sets the stage of the browser tests: run in the portal's own installation, prints who can sign in as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "noroshi.site.settings"
sys.path.insert(0, str(Path(__file__).parent.parent))

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.mfa.totp.internal.auth import generate_totp_secret  # noqa: E402
from allauth.mfa.utils import encrypt  # noqa: E402
from django.conf import settings  # noqa: E402

from cast import gather  # noqa: E402

PASSWORD = "a-long-password-of-the-stage"


def main() -> None:
    cast = gather()
    keys = {}
    for name, person in cast.people.items():
        person.set_password(PASSWORD)
        person.save()
        secret = generate_totp_secret()  # of their own: each code opens once for whoever has typed it
        Authenticator.objects.filter(user=person).update(data={"secret": encrypt(secret)})
        keys[name] = {"email": person.email, "password": PASSWORD, "secret": secret}
    print(json.dumps({"people": keys, "data": str(settings.DATA_DIR)}))


main()
