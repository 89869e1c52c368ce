"""How a source is, in a cell."""

from django import template

from noroshi.advisories.models import Source
from noroshi.advisories.source_wording import HEALTH, TONES, verdict
from noroshi.kit.templatetags.kit import status

register = template.Library()


@register.inclusion_tag("kit/components/status.html")
def health_of(source: Source) -> dict[str, str]:
    """Show how a source is, in colour and word."""
    health = verdict(source).health
    return status(TONES[health], str(HEALTH[health]))
