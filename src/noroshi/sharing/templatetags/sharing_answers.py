"""What was said of each answer, by the answer: templates have no other way into a dictionary."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from noroshi.sharing.models import Comment
from noroshi.sharing.queries import Helped

register = template.Library()


@register.simple_tag
def helped_of(helped: Mapping[UUID, Helped], comment: Comment) -> Helped | None:
    """Return what readers said of an answer."""
    return helped.get(comment.pk)
