"""A fast password hasher for demonstrations and tests, where a whole sector signs in at once."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class DemoHasher(PBKDF2PasswordHasher):
    """PBKDF2 with one round. Settings allow it only where the passwords are printed on the screen anyway."""

    algorithm = "pbkdf2_demo"
    iterations = 1
