"""Django's settings, made from the installation's options (`options.py`)."""

import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from noroshi.site.options import read_options

OPTIONS = read_options()
TESTING = "pytest" in sys.modules
DATA_DIR: Path = OPTIONS["DATA_DIR"].expanduser().resolve()


def _kept_secret(name: str) -> str:
    """Return the option's secret, or one made once and kept in the data directory, readable by its owner alone."""
    if given := OPTIONS[name]:
        return str(given)
    if TESTING:
        return "test-" + name
    path = DATA_DIR / "keys" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _sqlite() -> dict[str, Any]:
    """SQLite as it must be run under a web server and a worker: WAL, and write transactions that queue at once."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "noroshi.sqlite3",
        "CONN_MAX_AGE": 60,  # opening it anew for each request is a fifth of a small one, and forgets its pages
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    """PostgreSQL from `postgres://user:password@host:port/name?option=value`; `?host=/dir` names a socket."""
    parts = urlsplit(url)
    extra = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or "") or extra.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": extra.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {**extra} if TESTING else {**extra, "pool": True},
    }


SECRET_KEY = _kept_secret("SECRET_KEY")
LAKE_KEY = _kept_secret("LAKE_KEY")
DEBUG = OPTIONS["DEBUG"]
DEMO = OPTIONS["DEMO"]
MFA_REQUIRED = OPTIONS["MFA_REQUIRED"] and not DEMO
TLP_PROFILE = OPTIONS["TLP_PROFILE"]
RELEASE_FOUR_EYES = OPTIONS["RELEASE_FOUR_EYES"]
RELEASE_TARGET = OPTIONS["RELEASE_TARGET"]
REPORT_FONT = OPTIONS["REPORT_FONT"]
ALLOWED_HOSTS = OPTIONS["ALLOWED_HOSTS"]
BASE_URL = OPTIONS["BASE_URL"].rstrip("/")
METRICS_TOKEN = OPTIONS["METRICS_TOKEN"]
OUTBOUND_NETWORKS = OPTIONS["OUTBOUND_NETWORKS"]
OUTBOUND_PROXY = OPTIONS["OUTBOUND_PROXY"]
LAKE_DIR = DATA_DIR / "lake"
CACHE_DIR: Path = (OPTIONS["CACHE_DIR"] or DATA_DIR / "cache").expanduser().resolve()
LAKE_MEMORY = OPTIONS["LAKE_MEMORY"]
LAKE_SPARK = OPTIONS["LAKE_SPARK"]
LAKE_SPARK_RULES_FROM = OPTIONS["LAKE_SPARK_RULES_FROM"]
LAKE_DAYS = OPTIONS["LAKE_DAYS"]
DROP_DIR = OPTIONS["DROP_DIR"]
ADVISORY_DAYS = OPTIONS["ADVISORY_DAYS"]
SHEET_AT = OPTIONS["SHEET_AT"]
SYSLOG_TCP = OPTIONS["SYSLOG_TCP"]
SYSLOG_UDP = OPTIONS["SYSLOG_UDP"]
SYSLOG_PEERS = OPTIONS["SYSLOG_PEERS"]
SYSLOG_CERTIFICATE = OPTIONS["SYSLOG_CERTIFICATE"]
SYSLOG_CERTIFICATE_KEY = OPTIONS["SYSLOG_CERTIFICATE_KEY"]
SYSLOG_CLIENTS = OPTIONS["SYSLOG_CLIENTS"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "noroshi.core",
    "noroshi.kit",
    "noroshi.members",
    "noroshi.notify",
    "noroshi.federation",
    "noroshi.intel",
    "noroshi.sharing",
    "noroshi.hunting",
    "noroshi.advisories",
    "noroshi.portal",
    "noroshi.site",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
]

MIDDLEWARE = [
    "noroshi.kit.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "noroshi.kit.middleware.UnkeptMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "noroshi.members.middleware.ActorMiddleware",
    "noroshi.members.middleware.MeterMiddleware",
    "noroshi.kit.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "noroshi.site.urls"
WSGI_APPLICATION = "noroshi.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "noroshi.portal.navigation.context",
            ],
        },
    }
]

DATABASES = {"default": _postgresql(OPTIONS["DATABASE_URL"]) if OPTIONS["DATABASE_URL"] else _sqlite()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kit_cache"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING or DEMO:  # a demonstration signs a whole sector in; its passwords are printed on the screen anyway
    PASSWORD_HASHERS = ["noroshi.members.hashers.DemoHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

READING_LIMITS = OPTIONS["READING_LIMITS"]
PAGING_LIMITS = OPTIONS["PAGING_LIMITS"]
MISSING_LIMITS = OPTIONS["MISSING_LIMITS"]
ADDRESS_LIMITS = OPTIONS["ADDRESS_LIMITS"]
TOKEN_REFUSALS = OPTIONS["TOKEN_REFUSALS"]
ALLAUTH_TRUSTED_PROXY_COUNT = OPTIONS["PROXIES"]
CERTIFICATE_PROXIES = OPTIONS["CERTIFICATE_PROXIES"]

ACCOUNT_ADAPTER = "noroshi.members.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "noroshi.members.adapters.SocialAccountAdapter"
MFA_ADAPTER = "noroshi.members.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation, mailed to the address, is the verification
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Noroshi"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OPTIONS["HTTPS"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False  # it writes at every page; sign-ins are listed without it
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "noroshi.members.second_factor.SignInCodeForm",
    "reauthenticate": "noroshi.members.second_factor.AgainCodeForm",
}
ACCOUNT_SESSION_REMEMBER = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "OpenID Connect",
                    "client_id": OPTIONS["OIDC_CLIENT_ID"],
                    "secret": OPTIONS["OIDC_SECRET"],
                    "settings": {"server_url": OPTIONS["OIDC_URL"]},
                }
            ]
        }
    }
    if OPTIONS["OIDC_URL"]
    else {}
)

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
TIME_ZONE = OPTIONS["TIME_ZONE"]
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parent / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if TESTING or DEBUG:
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = DATA_DIR / "files"
FILE_LIMIT = OPTIONS["FILE_LIMIT"] * 1024 * 1024
FILES_PER_SIGNAL_LIMIT = OPTIONS["FILES_PER_SIGNAL_LIMIT"] * 1024 * 1024
FILES_PER_GROUP_LIMIT = OPTIONS["FILES_PER_GROUP_LIMIT"] * 1024 * 1024
FILES_PER_ORGANISATION_LIMIT = OPTIONS["FILES_PER_ORGANISATION_LIMIT"] * 1024 * 1024
TAXII_LIMIT = OPTIONS["TAXII_LIMIT"] * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "noroshi.kit.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if OPTIONS["HTTPS"]:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

MAIL_IN_DOMAIN = OPTIONS["MAIL_IN_DOMAIN"]
MAIL_IN_IMAP_URL = OPTIONS["MAIL_IN_IMAP_URL"]
DEFAULT_FROM_EMAIL = OPTIONS["MAIL_FROM"]
MAIL_RETURN = OPTIONS["MAIL_RETURN"]
SMIME_CERTIFICATE = OPTIONS["SMIME_CERTIFICATE"]
SMIME_CERTIFICATE_KEY = OPTIONS["SMIME_CERTIFICATE_KEY"]
if OPTIONS["SMTP_URL"]:
    _smtp = urlsplit(OPTIONS["SMTP_URL"])
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "", _smtp.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # what holds for subdomains is for the owner of the domain to say
    "security.W008",  # the proxy that ends TLS redirects
    "security.W021",  # as W005: preloading takes in the whole domain
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "noroshi.kit.logs.JsonFormatter"}},
    "filters": {"probes": {"()": "noroshi.kit.logs.WithoutProbes"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["probes"]}},
    "root": {"handlers": ["stderr"], "level": OPTIONS["LOG_LEVEL"]},
}
