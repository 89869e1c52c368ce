"""Sets the stage of the browser tests: run in the portal's own installation, prints who can sign in as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "noroshi.site.settings"
sys.path.insert(0, str(Path(__file__).parent.parent))

import django

django.setup()

from django.conf import settings  # noqa: E402

from cast import gather  # noqa: E402
from factories.members import TOTP_SECRET  # noqa: E402

PASSWORD = "a-long-password-of-the-stage"


def main() -> None:
    cast = gather()
    keys = {}
    for name, person in cast.people.items():
        person.set_password(PASSWORD)
        person.save()
        keys[name] = {"email": person.email, "password": PASSWORD, "secret": TOTP_SECRET}
    print(json.dumps({"people": keys, "data": str(settings.DATA_DIR)}))


main()
