"""Pages of sealed fields of other people: overview, one person, access with a reason, destruction certificates."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import word
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.people.documents import commands
from dialogues.people.documents.forms import ReasonForm, SealedForm, VisaStatusForm, read_only
from dialogues.people.documents.queries import TravelRecord, certificates, checksum, list_travel_records, travel_record
from dialogues.people.documents.rules import PURPOSES, local_time
from dialogues.people.participants.rules.kinds import QuestionKind, SealedKind, VisaStatus
from dialogues.policy import (
    DESTRUCTION_SEE,
    NEEDS_ENTER,
    NEEDS_READ,
    PASSPORT_ENTER,
    PASSPORT_READ,
    VISA_STATUS_SEE,
    Condition,
)

blueprint = Blueprint("documents", __name__)


@blueprint.get("/meetings/<uuid:meeting_id>/papers")
@allows(VISA_STATUS_SEE)
def all_papers(meeting_id: UUID) -> str:
    """Lists whose travel records exist and the visa status of each person, without contents."""
    return render_template("people/documents/all_papers.html", **_overview(meeting_id, ReasonForm()))


def _overview(meeting_id: UUID, form: ReasonForm) -> dict[str, Any]:
    people = list_travel_records(viewer(), clock.now())
    return {
        "people": people,
        "form": form,
        "kinds": [kind for kind in SealedKind if any(kind in one.readable | one.enterable for one in people)],
        "reads_flights": any(SealedKind.FLIGHTS in one.readable for one in people),
        "is_waiting": Condition.EXCHANGED not in viewer().conditions,
        "meeting_id": meeting_id,
    }


@blueprint.post("/meetings/<uuid:meeting_id>/papers/flights")
@allows(PASSPORT_READ)
@form_page("people/documents/all_papers.html")
def flights(meeting_id: UUID) -> Iterator[Any]:
    """Shows the arrivals board once, after a reason is given."""
    form = ReasonForm()
    yield _overview(meeting_id, form)
    journeys = commands.reveal_flights(viewer(), form.reason.data or "", now=clock.now())
    yield render_template("people/documents/flights.html", journeys=journeys, local_time=local_time)


@blueprint.get("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/papers", endpoint="papers")
@allows(VISA_STATUS_SEE)
def papers_of_participant(meeting_id: UUID, participation_id: UUID) -> Response:
    """Redirects from a participation to the travel record of its person."""
    for one in list_travel_records(viewer(), clock.now()):
        if one.participation_id == participation_id:
            return see_other(url_for(".papers_of", meeting_id=meeting_id, person_id=one.person_id))
    raise NotFound


@blueprint.get("/meetings/<uuid:meeting_id>/papers/<uuid:person_id>")
@allows(VISA_STATUS_SEE)
def papers_of(meeting_id: UUID, person_id: UUID) -> str:
    """Shows which sealed fields of one person exist, without contents."""
    found = travel_record(viewer(), person_id, clock.now())
    return render_template("people/documents/papers.html", **_person_context(meeting_id, found, ReasonForm()))


def _person_context(meeting_id: UUID, found: TravelRecord, form: ReasonForm) -> dict[str, Any]:
    kinds = [kind for kind in SealedKind if kind in found.readable | found.enterable]
    # Pressing Enter submits without a button, so the form address shows the first readable kind.
    first_readable = next(
        (kind for kind in kinds if kind in found.readable and kind in found.stored), SealedKind.PASSPORT
    )
    enters_visa = SealedKind.VISA in found.enterable
    return {
        "found": found,
        "kinds": kinds,
        "form": form,
        "show_first": url_for(".show", meeting_id=meeting_id, person_id=found.person_id, kind=first_readable.value),
        "status_form": VisaStatusForm(found.visa_status) if enters_visa and found.visa_status else None,
        "meeting_id": meeting_id,
    }


@blueprint.post("/meetings/<uuid:meeting_id>/papers/<uuid:person_id>/<kind>/show")
@allows(PASSPORT_READ, NEEDS_READ)
@form_page("people/documents/papers.html")
def show(meeting_id: UUID, person_id: UUID, kind: str) -> Iterator[Any]:
    """Shows one sealed field once, after a reason is given. The access is logged."""
    sealed_kind = _kind(kind)
    found = travel_record(viewer(), person_id, clock.now())
    if sealed_kind not in found.readable or sealed_kind not in found.stored:
        raise NotFound
    form = ReasonForm()
    yield _person_context(meeting_id, found, form)
    parts, version = commands.reveal_field(viewer(), person_id, sealed_kind, form.reason.data or "", now=clock.now())
    # The form to change it is sent to `enter`. It does not read this request, which holds only the reason.
    change_form = SealedForm([sealed_kind], version, {sealed_kind: parts}, is_sent=False)
    yield render_template(
        "people/documents/shown.html",
        found=found,
        kind=sealed_kind,
        parts=read_only(sealed_kind, parts),
        form=change_form if sealed_kind in found.changeable else None,
        meeting_id=meeting_id,
    )


@blueprint.route("/meetings/<uuid:meeting_id>/papers/<uuid:person_id>/<kind>", methods=["GET", "POST"])
@allows(PASSPORT_ENTER, NEEDS_ENTER)
@form_page("people/documents/enter_papers.html")
def enter(meeting_id: UUID, person_id: UUID, kind: str) -> Iterator[Any]:
    """Enters a field for another person. A stored value is replaced without being shown."""
    sealed_kind = _kind(kind)
    found = travel_record(viewer(), person_id, clock.now())
    if sealed_kind not in found.enterable:
        raise NotFound
    form = SealedForm([sealed_kind], checksum([found.stored.get(sealed_kind)]), {})
    yield {"form": form, "found": found, "kind": sealed_kind, "why": PURPOSES, "meeting_id": meeting_id}
    commands.enter_for(
        viewer(), person_id, sealed_kind, form.parts(sealed_kind), version=form.version.data, now=clock.now()
    )
    flash(_("Saved and sealed."), "success")
    yield see_other(url_for(".papers_of", meeting_id=meeting_id, person_id=person_id))


@blueprint.post("/meetings/<uuid:meeting_id>/papers/<uuid:person_id>/visa-status")
@allows(PASSPORT_ENTER)
def set_visa_status(meeting_id: UUID, person_id: UUID) -> Response:
    found = travel_record(viewer(), person_id, clock.now())
    form = VisaStatusForm(found.visa_status or VisaStatus.UNKNOWN)
    if form.validate():
        commands.set_visa_status(viewer(), person_id, VisaStatus(form.visa_status.data), now=clock.now())
        flash(_("Saved."), "success")
    return see_other(url_for(".papers_of", meeting_id=meeting_id, person_id=person_id))


@blueprint.get("/meetings/<uuid:meeting_id>/destruction")
@allows(DESTRUCTION_SEE)
def destruction(meeting_id: UUID) -> str:  # noqa: ARG001  part of the address, read by request authorization
    """Printable list of destruction certificates of the meeting."""
    words = {kind.value: word(kind) for kind in SealedKind} | {
        f"answer_{kind.value}": _("answers: %(kind)s", kind=word(kind)) for kind in QuestionKind
    }
    return render_template("people/documents/destruction.html", certificates=certificates(viewer()), words=words)


def _kind(text: str) -> SealedKind:
    return or_not_found(next((kind for kind in SealedKind if kind.value == text), None))
