"""Pages of a dialogue: opened, shown with its meetings, parties and institutions, edited."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from dialogues.accounts.queries import own_account
from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.meetings import queries
from dialogues.meetings.commands import dialogues as commands
from dialogues.meetings.forms import DialogueForm, InstitutionForm, OpenDialogueForm, PartyForm
from dialogues.meetings.views.blueprint import blueprint
from dialogues.policy import DIALOGUE_EDIT, DIALOGUE_OPEN, DIALOGUE_SEE, HOME_SEE


@blueprint.get("/dialogues")
@allows(HOME_SEE)
def dialogues() -> str:
    """The dialogues that the viewer belongs to."""
    return render_template("meetings/dialogues.html", dialogues=queries.my_dialogues(viewer(), clock.now()))


@blueprint.route("/dialogues/new", methods=["GET", "POST"])
@allows(DIALOGUE_OPEN)
@form_page("meetings/dialogue_form.html")
def open_dialogue() -> Iterator[Any]:
    """Begin a dialogue."""
    form = OpenDialogueForm()
    yield {"form": form, "dialogue": None}
    dialogue_id = commands.open_dialogue(
        viewer(), form.facts(), name=form.name.data, email=own_account(viewer()).email, now=clock.now()
    )
    flash(_("The dialogue is open, and you are its coordinator. Add its parties next."), "success")
    yield see_other(url_for("meetings.dialogue", dialogue_id=dialogue_id))


@blueprint.get("/dialogues/<uuid:dialogue_id>")
@allows(DIALOGUE_SEE)
def dialogue(dialogue_id: UUID) -> str:
    """A dialogue, with the meetings that the viewer may see."""
    return render_template(
        "meetings/dialogue.html",
        dialogue=queries.dialogue(viewer()),
        meetings=queries.my_meetings(viewer(), clock.now(), dialogue_id),
        parties=queries.parties(viewer()),
        institutions=queries.institutions(viewer()),
    )


@blueprint.route("/dialogues/<uuid:dialogue_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogue_form.html")
def edit_dialogue(dialogue_id: UUID) -> Iterator[Any]:
    """Change what is written of a dialogue."""
    found = queries.dialogue(viewer(), DIALOGUE_EDIT)
    form = DialogueForm(obj=found)
    yield {"form": form, "dialogue": found}
    commands.edit_dialogue(viewer(), form.facts(), version=form.version.data, now=clock.now())
    flash(_("The dialogue is saved."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/parties/new", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/party_form.html")
def add_party(dialogue_id: UUID) -> Iterator[Any]:
    """Write down a party."""
    form = PartyForm()
    yield {"form": form, "party": None}
    commands.add_party(viewer(), form.facts(), now=clock.now())
    flash(_("The party is there."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/parties/<uuid:party_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/party_form.html")
def edit_party(dialogue_id: UUID, party_id: UUID) -> Iterator[Any]:
    """Change what is written of a party."""
    party = queries.party(viewer(), DIALOGUE_EDIT, party_id)
    form = PartyForm(obj=party, data={f"name_{language}": name for language, name in party.names.items()})
    yield {"form": form, "party": party}
    commands.edit_party(viewer(), party_id, form.facts(), version=form.version.data, now=clock.now())
    flash(_("The party is saved."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/institutions/new", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/institution_form.html")
def add_institution(dialogue_id: UUID) -> Iterator[Any]:
    """Write down an institution."""
    form = InstitutionForm()
    form.offer(queries.parties(viewer()))
    yield {"form": form, "institution": None}
    commands.add_institution(viewer(), form.facts(), now=clock.now())
    flash(_("The institution is there."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/institutions/<uuid:institution_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/institution_form.html")
def edit_institution(dialogue_id: UUID, institution_id: UUID) -> Iterator[Any]:
    """Change what is written of an institution."""
    institution = queries.institution(viewer(), DIALOGUE_EDIT, institution_id)
    form = InstitutionForm(obj=institution)
    form.offer(queries.parties(viewer()))
    yield {"form": form, "institution": institution}
    commands.edit_institution(viewer(), institution_id, form.facts(), now=clock.now())
    flash(_("The institution is saved."), "success")
    yield _to_dialogue(dialogue_id)


def _to_dialogue(dialogue_id: UUID) -> Any:
    return see_other(url_for("meetings.dialogue", dialogue_id=dialogue_id))
