"""Messages to groups: write, preview, send, and the list of sent messages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, abort, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other, words
from dialogues.core.common.presentation import word
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.precedence.queries import parties_in_order
from dialogues.people.messages import commands, queries
from dialogues.people.messages.commands import Draft
from dialogues.people.messages.forms import MessageForm
from dialogues.people.messages.rules import (
    Recipients,
    fill_placeholders,
    names_not_visible_to_all,
    refuse_unknown_placeholders,
)
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import MESSAGES_WRITE

blueprint = Blueprint("messages", __name__)


_FORM_TEMPLATE = "people/messages/message_form.html"


@blueprint.get("/meetings/<uuid:meeting_id>/messages")
@allows(MESSAGES_WRITE)
def sent_messages(meeting_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    return render_template("people/messages/messages.html", messages=queries.sent_messages(viewer()))


@blueprint.get("/meetings/<uuid:meeting_id>/messages/<uuid:message_id>")
@allows(MESSAGES_WRITE)
def sent_message(meeting_id: UUID, message_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    sent = queries.sent_message(viewer(), message_id)
    return render_template("people/messages/message.html", sent=sent, group=_describe_group(sent.message.chosen))


def _describe_group(chosen: Mapping[str, Any]) -> str:
    """Describes how the group was chosen."""
    if "picked" in chosen:
        return str(_("chosen on the list"))
    statuses = [word(ParticipationStatus(one)) for one in chosen.get("statuses", ())]
    capacities = [word(Capacity(one)) for one in chosen.get("capacities", ())]
    parts = [word(Recipients(chosen["recipients"])), *statuses, *chosen.get("parties", ()), *capacities]
    return ", ".join(parts)


@blueprint.route("/meetings/<uuid:meeting_id>/messages/new", methods=["GET", "POST"])
@allows(MESSAGES_WRITE)
@form_page(_FORM_TEMPLATE)
def new_message(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  part of the address, read by request authorization
    """Form for a new message. Submitting it shows a preview and sends nothing."""
    form = _form()
    if not form.is_submitted():
        form.id.data, form.statuses.data = str(uuid4()), [ParticipationStatus.CONFIRMED.value]
    yield _form_context(form)
    refuse_unknown_placeholders(form.subject.data, form.text.data)
    group = _group(form)
    if not any(one.has_address for one in group):
        raise Refusal(N_("Nobody in this group can be reached by letter: choose another group."))
    yield render_template("people/messages/message_preview.html", **_preview(form, group))


@blueprint.post("/meetings/<uuid:meeting_id>/messages/change")
@allows(MESSAGES_WRITE)
def change_message(meeting_id: UUID) -> Response:  # noqa: ARG001  part of the address, read by request authorization
    """Returns from the preview to the form, as typed."""
    return make_response(render_template(_FORM_TEMPLATE, **_form_context(_form())))


@blueprint.post("/meetings/<uuid:meeting_id>/messages/send")
@allows(MESSAGES_WRITE)
def send_message(meeting_id: UUID) -> Response:
    """Sends the previewed message to the people of the preview."""
    form = _form()
    if not form.validate():
        return make_response(render_template(_FORM_TEMPLATE, **_form_context(form)), 422)
    draft = Draft(
        id=_id(form),
        subject=form.subject.data,
        text=form.text.data,
        people=form.people.data or [],
        chosen=form.chosen(),
        recipient_filter=None if form.picked.data else form.recipient_filter(),
    )
    try:
        sent = commands.send(viewer(), draft, now=clock.now())
    except Refusal as refusal:
        flash(words(refusal), "danger")
        return make_response(render_template(_FORM_TEMPLATE, **_form_context(form)), 422)
    flash(
        ngettext(
            "The letter is on its way to %(num)s person.",
            "Letters are on their way to %(num)s people.",
            queries.sent_message(viewer(), sent).message.people,
        ),
        "success",
    )
    return see_other(url_for("messages.sent_message", meeting_id=meeting_id, message_id=sent))


def message_to_rows(participation_ids: Sequence[UUID]) -> str:
    """Form for people selected on the list."""
    picked = [one.person_id for one in queries.addressees_of_rows(viewer(), participation_ids)]
    form = MessageForm(parties_in_order(viewer()), formdata=None, data={"id": str(uuid4()), "picked": picked})
    return render_template(_FORM_TEMPLATE, **_form_context(form))


def _form() -> MessageForm:
    return MessageForm(parties_in_order(viewer()))


def _id(form: MessageForm) -> UUID:
    """Id derived from text and people, so that submitting twice sends once, and an edited message is a new one."""
    try:
        form_id = UUID(form.id.data or "")
    except ValueError:
        abort(400)
    return uuid5(form_id, "\n".join((form.subject.data, form.text.data, *sorted(map(str, form.people.data or [])))))


def _form_context(form: MessageForm) -> dict[str, Any]:
    picked = queries.addressees(viewer(), form.picked.data) if form.picked.data else []
    return {"form": form, "picked": picked, "is_confidential": queries.is_confidential(viewer())}


def _group(form: MessageForm) -> Sequence[Any]:
    if form.picked.data:
        return queries.addressees(viewer(), form.picked.data)
    return queries.group(viewer(), form.recipient_filter())


def _preview(form: MessageForm, group: Sequence[Any]) -> dict[str, Any]:
    """The first email as its recipient will see it, the counts, and names that some recipients may not see."""
    reached = [one for one in group if one.has_address]
    form.people.data = [one.person_id for one in group]
    names, readers = queries.name_disclosure(viewer(), [one.person_id for one in reached])
    text, subject = form.text.data, form.subject.data
    first = reached[0]
    meeting = queries.meeting_name_for(viewer(), first.person_id) or _("the meeting")
    is_confidential = queries.is_confidential(viewer())
    return {
        "form": form,
        "first": first,
        "subject": _("A message from the office") if is_confidential else subject,
        "text": fill_placeholders(text, name=first.name, meeting=meeting),
        "reached": len(reached),
        "unreached": [one.name for one in group if not one.has_address],
        "names_not_visible": names_not_visible_to_all(f"{subject}\n{text}", names, readers),
        "is_confidential": is_confidential,
    }
