"""Pages of the liaison desk: sessions, attendance of one session, scanned and printed codes."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, jsonify, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from dialogues.core.common import clock
from dialogues.core.common.access import allows, keep_secret, kept_secret, viewer
from dialogues.core.common.numbers import number
from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.common.pages import form_page, own_path, see_other, words
from dialogues.lib.paging import page_numbers
from dialogues.lib.qr_code import svg
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.lib.text import one_line
from dialogues.onsite.attendance import commands, queries
from dialogues.onsite.attendance.forms import CardsForm
from dialogues.onsite.attendance.rules import code_address, is_expected, matches_search
from dialogues.policy import ATTENDANCE_CODE_OPEN, ATTENDANCE_MARK

blueprint = Blueprint("attendance", __name__)


_PAGE = 100
_LONGEST_SEARCH = 100


@blueprint.get("/meetings/<uuid:meeting_id>/attendance")
@allows(ATTENDANCE_MARK)
def attendance(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    """List the sessions, today's first; after sealing, only that the record is sealed."""
    now = clock.now()
    if queries.is_sealed(viewer()):
        return render_template("onsite/attendance/sealed.html")
    found = queries.sessions(viewer())
    return render_template(
        "onsite/attendance/sessions.html",
        now=now,
        today=[one for one in found if one.day == one.today(now)],
        before=[one for one in reversed(found) if one.day < one.today(now)],
        later=[one for one in found if one.day > one.today(now)],
    )


@blueprint.get("/meetings/<uuid:meeting_id>/attendance/<uuid:session_id>")
@allows(ATTENDANCE_MARK)
def table(meeting_id: UUID, session_id: UUID) -> str:
    session, everyone, present = queries.table(viewer(), session_id, clock.now())
    search = one_line(request.args.get("q", ""))[:_LONGEST_SEARCH]
    shown = [one for one in everyone if matches_search(search, (one.name, one.native, one.sort_key, one.party_code))]
    page, last = page_numbers(request.args.get("page", 1, type=number), len(shown), _PAGE)

    def page_url(number: int) -> str:
        return url_for(".table", meeting_id=meeting_id, session_id=session_id, q=search or None, page=number)

    return render_template(
        "onsite/attendance/table.html",
        session=session,
        guests=shown[(page - 1) * _PAGE : page * _PAGE],
        present=present,
        is_expected=is_expected,
        search=search,
        page=page,
        last=last,
        page_url=page_url,
        here=page_url(page),
    )


@blueprint.post("/meetings/<uuid:meeting_id>/attendance/<uuid:session_id>/<uuid:participation_id>")
@allows(ATTENDANCE_MARK)
def mark(meeting_id: UUID, session_id: UUID, participation_id: UUID) -> Response:
    """Mark a person present or absent. Answers JSON to the page's script, else a redirect."""
    present = request.form.get("present") == "1"
    try:
        commands.mark(viewer(), session_id, participation_id, present=present, now=clock.now())
    except Refusal as refusal:
        if _wants_json():
            return make_response(jsonify(refusal=words(refusal)), 409)
        flash(words(refusal), "danger")
        return see_other(url_for(".attendance", meeting_id=meeting_id))
    if _wants_json():
        session, _everyone, _present = queries.table(viewer(), session_id, clock.now())
        return make_response(jsonify(present=present, marked=session.present, expected=session.expected))
    table_url = url_for(".table", meeting_id=meeting_id, session_id=session_id)
    return see_other(f"{own_path(request.form.get('back'), table_url)}#p-{participation_id}")


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


@blueprint.get("/attendance/code/<token>")
@allows(ATTENDANCE_CODE_OPEN)
def open_code(token: str) -> Response:
    """Redirect a scanned code to the page of the person; 404 for everyone except that meeting's liaison desk."""
    meeting_id, participation_id = queries.badge_holder(viewer(), token, clock.now())
    return see_other(url_for(".person", meeting_id=meeting_id, participation_id=participation_id))


@blueprint.get("/attendance/code")
@allows(ATTENDANCE_CODE_OPEN)
def open_kept_code() -> Response:
    """The same after sign-in: the code was kept in the browser's cookie during sign-in."""
    kept = kept_secret()
    keep_secret(None)
    return open_code(kept[1] if kept else "")


@blueprint.get("/meetings/<uuid:meeting_id>/attendance/people/<uuid:participation_id>")
@allows(ATTENDANCE_MARK)
def person(meeting_id: UUID, participation_id: UUID) -> str:
    """Show one person with the running session, or with all of today's sessions."""
    now = clock.now()
    guest, sessions, marked_in = queries.person_today(viewer(), participation_id, now)
    return render_template(
        "onsite/attendance/person.html",
        guest=guest,
        marked_in=marked_in,
        running=[one for one in sessions if one.is_running(now)],
        others=[one for one in sessions if not one.is_running(now)],
        here=url_for(".person", meeting_id=meeting_id, participation_id=participation_id),
    )


@blueprint.route("/meetings/<uuid:meeting_id>/attendance/codes", methods=["GET", "POST"])
@allows(ATTENDANCE_MARK)
@form_page("onsite/attendance/codes.html")
def codes(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  the gate has put the viewer in that meeting
    if queries.is_sealed(viewer()):
        raise NotFound
    everyone = queries.guests(viewer())
    form = CardsForm()
    yield {"form": form, "everyone": len(everyone), "unreached": sum(not one.gets_emails for one in everyone)}
    made = commands.make_cards(viewer(), everyone=form.whom.data == "everyone", now=clock.now())
    base_url = own_base_url()
    cards = [
        (guest, Markup(svg(code_address(base_url, secret))))  # noqa: S704  Drawn here; nothing typed is in it.
        for guest, secret in made
    ]
    yield render_template("onsite/attendance/cards.html", cards=cards)
