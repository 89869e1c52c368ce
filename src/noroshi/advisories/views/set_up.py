"""What operators set up for bulletins: categories and templates."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.forms.bulletins import CategoryForm, TemplateForm, initial_of_template
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit.http import ActorRequest, posted


def categories(request: ActorRequest, category_id: UUID | None = None) -> HttpResponse:
    """List the categories; add one, or change one."""
    policy.require_member(request.actor)
    policy.require_editor(request.actor)
    row = queries.category_named(category_id) if category_id else None
    names = ("series", "name_ja", "name_en", "position", "is_retired")
    initial = {name: getattr(row, name) for name in names} if row else {}
    form = CategoryForm(posted(request), row=row, initial=initial)
    if form.is_valid():
        try:
            actions.keep_category(request.actor, row=row, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The category is kept."))
            return redirect("bulletins:categories")
    context = {"form": form, "row": row, "rows": queries.categories()}
    return render(request, "advisories/categories.html", context, status=422 if form.errors else 200)


def templates(request: ActorRequest, template_id: UUID | None = None) -> HttpResponse:
    """List the templates; add one, or change one."""
    policy.require_member(request.actor)
    policy.require_editor(request.actor)
    row = queries.template_named(template_id) if template_id else None
    initial = initial_of_template(row) if row else {}
    form = TemplateForm(posted(request), initial=initial)
    if form.is_valid():
        try:
            actions.keep_template(request.actor, row=row, **form.kept())
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The template is kept."))
            return redirect("bulletins:templates")
    context = {"form": form, "row": row, "rows": queries.templates()}
    return render(request, "advisories/templates.html", context, status=422 if form.errors else 200)
