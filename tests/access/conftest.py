"""The walks of this folder open thousands of pages and read what these say; of what they were made they ask nothing."""

import pytest
from django.template.base import Template


@pytest.fixture(autouse=True)
def _pages_alone(monkeypatch):
    """Let templates be drawn as they are for users: the test client would copy each one's context, and look at none."""
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
