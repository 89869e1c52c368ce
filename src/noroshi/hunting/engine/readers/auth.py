"""What OpenSSH, sudo, su, login and PAM write into auth.log and secure, as sign-ins."""

import re
from typing import Final, NamedTuple

from noroshi.hunting.engine.schema import EventClass

_FROM = r" from (?P<src_ip>\S+)(?: port (?P<src_port>\d+))?"
_USER = r"(?:(?:invalid|illegal|authenticating) user )?(?P<user>.{0,256}?)"
_REPEATED = re.compile(r"message repeated \d+ times: \[ (.*)\]")
_PAM_USER = re.compile(r"\b(?P<name>ruser|rhost|user)=(?P<value>\S*)")


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    action: str
    outcome: str


def _form(pattern: str, action: str, outcome: str) -> _Form:
    return _Form(re.compile(pattern), action, outcome)


_SSHD: Final = (
    _form(rf"Accepted (?P<by>\S+) for {_USER}{_FROM}", "login", "success"),
    _form(rf"Failed (?P<by>\S+) for {_USER}{_FROM}", "login", "failure"),
    _form(rf"(?:Invalid|Illegal) user (?P<user>.{{0,256}}?){_FROM}", "login", "failure"),
    _form(rf"(?:error: )?maximum authentication attempts exceeded for {_USER}{_FROM}", "login", "failure"),
    _form(rf"User (?P<user>\S+){_FROM} not allowed because", "login", "failure"),
    _form(rf"(?:error: )?PAM: .*? for {_USER}{_FROM}", "login", "failure"),
    _form(
        r"(?:Connection (?:closed|reset)|Disconnected|Disconnecting)(?: by| from)? "
        r"(?:(?:invalid|authenticating) user (?P<user>.{0,256}?) )?"
        r"(?P<src_ip>[\da-fA-F.:]+)(?: port (?P<src_port>\d+))?",
        "disconnect",
        "",
    ),
    _form(rf"Received disconnect{_FROM}", "disconnect", ""),
    _form(r"(?:Close session|Starting session): .*?user (?P<user>\S+)" + _FROM, "session", ""),
    _form(rf"Did not receive identification string{_FROM}", "probe", "failure"),
    _form(r"Bad protocol version identification .*" + _FROM, "probe", "failure"),
    _form(
        r"(?:fatal: )?Unable to negotiate(?: a key exchange method)? with (?P<src_ip>[\da-fA-F.:]+)"
        r"(?: port (?P<src_port>\d+))?",
        "probe",
        "failure",
    ),
    _form(r"reverse mapping checking getaddrinfo for (?P<domain>\S+) \[(?P<src_ip>[^\]]+)\] failed", "probe", ""),
)
_SUDO: Final = (
    _form(r" *(?P<user>\S+) : .*(?:incorrect password|NOT in sudoers|command not allowed)", "sudo", "failure"),
    _form(r" *(?P<user>\S+) : .*COMMAND=(?P<process>\S+)", "sudo", "success"),
)
_SU: Final = (
    _form(r"(?:Successful su for|\(to) (?P<target>\S+?)\)? (?:by )?(?P<user>\S+)", "su", "success"),
    _form(r"FAILED (?:su for|SU \(to) (?P<target>\S+?)\)? (?:by )?(?P<user>\S+)", "su", "failure"),
)
_LOGIN: Final = (
    _form(r"FAILED LOGIN .*?(?:FROM (?P<src_ip>[\da-fA-F.:]+) )?FOR '?(?P<user>[^',]*)", "login", "failure"),
    _form(r"(?:ROOT )?LOGIN ON \S+(?: BY (?P<user>\S+))?(?: FROM (?P<src_ip>\S+))?", "login", "success"),
)
_PAM: Final = (
    _form(r"pam_\w+\([^)]*\): authentication failure;", "login", "failure"),
    _form(r"pam_\w+\([^)]*\): check pass; user unknown", "login", "failure"),
    _form(r"pam_\w+\([^)]*\): session opened for user (?P<user>[^\s(]+)", "session opened", "success"),
    _form(r"pam_\w+\([^)]*\): session closed for user (?P<user>[^\s(]+)", "session closed", "success"),
)
_BY_PROGRAM: Final = {"sshd": _SSHD, "sshd-session": _SSHD, "sudo": _SUDO, "su": _SU, "login": _LOGIN}


def read(program: str, text: str) -> dict[str, str] | None:
    """Return the fields of a message of one of these programs; None if it is no sign-in or anything like it."""
    if repeated := _REPEATED.fullmatch(text):
        text = repeated[1]
    for form in (*_BY_PROGRAM.get(program, ()), *(_PAM if text.startswith("pam_") else ())):
        if match := form.pattern.match(text):
            return _fields(form, match)
    return None


def _fields(form: _Form, match: re.Match[str]) -> dict[str, str]:
    named = {role: value for role, value in match.groupdict().items() if value and role not in {"by", "target"}}
    fields = {"class": str(EventClass.AUTH), "action": form.action, **named}
    if form.outcome:
        fields["outcome"] = form.outcome
    if match.re.pattern.startswith("pam_"):
        said = {found["name"]: found["value"] for found in _PAM_USER.finditer(match.string) if found["value"]}
        fields |= {role: said[name] for role, name in (("src_ip", "rhost"), ("user", "user")) if name in said}
    return fields
