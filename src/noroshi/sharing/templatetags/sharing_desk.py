"""Words for spans of time on the release desk and in the reports: `{% load sharing_desk %}`."""

from django import template

from noroshi.kit import wording

register = template.Library()

register.filter("span", wording.span)
