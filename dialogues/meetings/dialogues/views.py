"""Pages to edit a dialogue, its parties and institutions."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.meetings.dialogues import commands
from dialogues.meetings.dialogues.forms import DialogueForm, InstitutionForm, PartyForm
from dialogues.meetings.dialogues.queries import dialogues
from dialogues.policy import DIALOGUE_EDIT

blueprint = Blueprint("dialogues", __name__)


@blueprint.route("/dialogues/<uuid:dialogue_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogues/dialogue_form.html")
def edit_dialogue(dialogue_id: UUID) -> Iterator[Any]:
    found = dialogues.dialogue(viewer(), DIALOGUE_EDIT)
    form = DialogueForm(obj=found)
    yield {"form": form, "dialogue": found}
    commands.edit_dialogue(viewer(), form.facts(), version=form.version.data, now=clock.now())
    flash(_("The dialogue is saved."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/parties/new", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogues/party_form.html")
def add_party(dialogue_id: UUID) -> Iterator[Any]:
    form = PartyForm()
    yield {"form": form, "party": None}
    commands.add_party(viewer(), form.facts(), now=clock.now())
    flash(_("The party is there."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/parties/<uuid:party_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogues/party_form.html")
def edit_party(dialogue_id: UUID, party_id: UUID) -> Iterator[Any]:
    party = dialogues.party(viewer(), DIALOGUE_EDIT, party_id)
    form = PartyForm(obj=party, data={f"name_{language}": name for language, name in party.names.items()})
    yield {"form": form, "party": party}
    commands.edit_party(viewer(), party_id, form.facts(), version=form.version.data, now=clock.now())
    flash(_("The party is saved."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/institutions/new", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogues/institution_form.html")
def add_institution(dialogue_id: UUID) -> Iterator[Any]:
    form = InstitutionForm()
    form.set_choices(dialogues.parties(viewer()))
    yield {"form": form, "institution": None}
    commands.add_institution(viewer(), form.facts(), now=clock.now())
    flash(_("The institution is there."), "success")
    yield _to_dialogue(dialogue_id)


@blueprint.route("/dialogues/<uuid:dialogue_id>/institutions/<uuid:institution_id>/edit", methods=["GET", "POST"])
@allows(DIALOGUE_EDIT)
@form_page("meetings/dialogues/institution_form.html")
def edit_institution(dialogue_id: UUID, institution_id: UUID) -> Iterator[Any]:
    institution = dialogues.institution(viewer(), DIALOGUE_EDIT, institution_id)
    form = InstitutionForm(obj=institution)
    form.set_choices(dialogues.parties(viewer()))
    yield {"form": form, "institution": institution}
    commands.edit_institution(viewer(), institution_id, form.facts(), now=clock.now())
    flash(_("The institution is saved."), "success")
    yield _to_dialogue(dialogue_id)


def _to_dialogue(dialogue_id: UUID) -> Any:
    return see_other(url_for("meetings.dialogue", dialogue_id=dialogue_id))
