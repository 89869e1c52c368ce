"""The components every room's pages are made of: `{% load kit %}`. `kit/guide.html` shows each in use."""

from datetime import UTC, datetime
from typing import Any, Final

from django import template
from django.forms import BoundField, CheckboxInput, Form
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.kit import icons, markdown, wording

register = template.Library()

STATUS_ICONS: Final = {
    "ok": "check",
    "late": "clock",
    "failing": "warning",
    "waiting": "history",
    "running": "refresh",
    "off": "minus",
}
NOTICE_ICONS: Final = {
    "info": "info",
    "success": "check",
    "warning": "warning",
    "error": "warning",
    "debug": "info",
}
THEMES: Final = ("light", "dark")

register.simple_tag(icons.icon, name="icon")
register.filter("markdown", markdown.render)
register.filter("compact", wording.compact)
register.filter("span", wording.span)


@register.simple_tag
def tlp(level: str) -> SafeString:
    """Show a marking by colour and word. Raise ValueError on what is no TLP level: a missing marking is a mistake."""
    marking = TLP(level)
    slug = marking.name.lower().replace("_", "-")
    return format_html('<span class="tlp tlp-{}">{}</span>', slug, marking.label)


@register.inclusion_tag("kit/components/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """Show a form field with its label, help and errors, tied together for screen readers."""
    return {"field": field, "checkbox": isinstance(field.field.widget, CheckboxInput)}


@register.inclusion_tag("kit/components/fields.html")
def fields(form: Form) -> dict[str, Form]:
    """Show what is wrong with the whole form, then all its fields."""
    return {"form": form}


@register.simple_tag
def when(moment: datetime | None, *, relative: bool = True) -> SafeString:
    """Show an aware moment: local time, how long ago, UTC on hover. None is a dash."""
    if not moment:
        return mark_safe('<span class="none" aria-hidden="true">–</span>')
    ago = wording.relative(moment, clock.now()) if relative else ""
    return format_html(
        '<time datetime="{}" title="{} UTC">{}{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{timezone.localtime(moment):%Y-%m-%d %H:%M}",
        format_html(' <span class="ago">{}</span>', ago) if ago else "",
    )


@register.inclusion_tag("kit/components/empty.html")
def empty(text: str, *, icon: str = "inbox", url: str = "", action: str = "") -> dict[str, str]:
    """Say why there is nothing here, and what to do about it."""
    return {"text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("kit/components/progress.html")
def progress(value: float, maximum: float, label: str) -> dict[str, Any]:
    """Show how far a job is; with a maximum of 0 (not known yet) only that it runs."""
    percent = min(100, int(100 * value / maximum)) if maximum > 0 else None
    return {
        "value": value,
        "maximum": maximum if percent is not None else 1,
        "label": label,
        "percent": percent,
    }


@register.inclusion_tag("kit/components/stat.html")
def stat(
    label: str, value: object, hint: str = "", *, url: str = "", plot: SafeString | str = "", tone: str = ""
) -> dict[str, Any]:
    """Show one number with its name, an optional sparkline (`kit.charts`) and a tone: good, warn or bad."""
    shown = wording.exact(value) if isinstance(value, int | float) else value
    return {"label": label, "value": shown, "hint": hint, "url": url, "plot": plot, "tone": tone}


@register.inclusion_tag("kit/components/status.html")
def status(kind: str, label: str) -> dict[str, str]:
    """Show a state by colour, icon and word. Kinds: ok, late, failing, waiting, running, off."""
    return {"kind": kind, "label": label, "icon": STATUS_ICONS[kind]}


@register.inclusion_tag("kit/components/pages.html")
def pages(page: object) -> dict[str, object]:
    """Show the page links of a `kit.lists.Page`."""
    return {"page": page}


@register.simple_block_tag
def card(content: str, title: str = "", *, url: str = "", action: str = "", tone: str = "") -> SafeString:
    """Frame a part of a page: `{% card "Hits" url=... action="All" %}...{% endcard %}`."""
    context = {"content": content, "title": title, "url": url, "action": action, "tone": tone}
    return render_to_string("kit/components/card.html", context)


@register.simple_block_tag
def notice(content: str, kind: str = "info") -> SafeString:
    """Point something out. Kinds: info, success, warning, error."""
    context = {"content": content, "kind": kind, "icon": NOTICE_ICONS[kind]}
    return render_to_string("kit/components/notice.html", context)


@register.simple_block_tag
def dialog(content: str, name: str, opener: str, title: str, *, icon: str = "", tone: str = "") -> SafeString:
    """Put a form behind a button: `{% dialog "withdraw" "Withdraw" "Withdraw this signal?" tone="danger" %}`.

    With an empty `opener` there is no button here: another one on the page names the dialog.
    """
    context = {"content": content, "name": name, "opener": opener, "title": title, "icon": icon, "tone": tone}
    return render_to_string("kit/components/dialog.html", context)


@register.filter
def message_icon(level: str) -> str:
    """Return the icon of a message's level."""
    return NOTICE_ICONS.get(level, "info")


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """Return the attribute of the reader's chosen appearance, from the cookie that the account menu sets."""
    request = context.get("request")
    theme = request.COOKIES.get("theme") if request else None
    return mark_safe(f' data-theme="{theme}"') if theme in THEMES else SafeString("")  # noqa: S308 - one of THEMES
