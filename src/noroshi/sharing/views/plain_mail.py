"""Who of an organisation reads signals in plain words."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.http import ActorRequest, posted
from noroshi.sharing import actions, queries
from noroshi.sharing.forms.plain_mail import PlainMailForm


def plain_mail_list(request: ActorRequest) -> HttpResponse:
    """List the organisations for which the actor chooses; an organisation's admin goes on to the own one."""
    houses = list(queries.plain_mail_houses(request.actor))
    if not houses:
        raise NotFound
    if len(houses) == 1:
        return redirect("sharing:plain-mail", slug=houses[0].slug)
    chosen = queries.chosen_of([house.pk for house in houses])
    rows = [(house, chosen.get(house.pk, [])) for house in houses]
    return render(request, "sharing/plain_mail_list.html", {"rows": rows})


def plain_mail(request: ActorRequest, slug: str) -> HttpResponse:
    """Choose who of one organisation reads mail in plain words."""
    house = queries.plain_mail_house(request.actor, slug)
    kept = queries.plain_mail_of(house)
    initial = {"people": list(kept.people.values_list("pk", flat=True)), "contact": kept.contact}
    form = PlainMailForm(posted(request), organisation=house, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            chosen = [person.pk for person in data["people"]]
            actions.choose_plain_mail(request.actor, house, people=chosen, contact=data["contact"])
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("Noted who gets mail in plain words."))
            return redirect("sharing:plain-mail", slug=house.slug)
    context = {"form": form, "house": house}
    return render(request, "sharing/plain_mail.html", context, status=422 if form.errors else 200)
