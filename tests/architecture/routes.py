"""Every route with what it shows or changes, as rows of the oracle; a route missing here fails the tests."""

from tests.architecture.oracle import PERSONAS, cells

EVERYONE = frozenset(PERSONAS)
#: Routes outside a dialogue, by the user's right in the installation. In the sample the host lead is its host and the
#: coordinator may create dialogues.
SIGNED_IN = EVERYONE
KEEPER = frozenset({"host lead"})
OPENERS = frozenset({"host lead", "coordinator"})


AROUND: dict[str, frozenset[str]] = {
    "home.home": SIGNED_IN,
    "home.own_data": SIGNED_IN,
    "home.show_own_field": SIGNED_IN,
    "home.log": SIGNED_IN,
    "accounts.own_account": SIGNED_IN,
    "accounts.end_sign_in": SIGNED_IN,
    "accounts.end_other_sign_ins": SIGNED_IN,
    "accounts.change_password": SIGNED_IN,
    "accounts.renew_second_factor": SIGNED_IN,
    "accounts.set_up_second_factor": SIGNED_IN,
    "accounts.step_up": SIGNED_IN,
    "accounts.sign_out": SIGNED_IN,
    "accounts.leave": SIGNED_IN,
    "roles.offers": SIGNED_IN,
    "roles.accept_role": SIGNED_IN,
    "roles.decline_role": SIGNED_IN,
    "meetings.dialogues": SIGNED_IN,
    "accounts.staff": KEEPER,
    "accounts.invite_staff": KEEPER,
    "accounts.invite_again": KEEPER,
    "accounts.let_open_dialogues": KEEPER,
    "accounts.stop_opening_dialogues": KEEPER,
    "accounts.reset": KEEPER,
    "accounts.disable": KEEPER,
    "accounts.enable": KEEPER,
    "meetings.open_dialogue": OPENERS,
    "attendance.open_code": frozenset({"liaison desk"}),
    "attendance.open_kept_code": frozenset({"liaison desk"}),
    "venues.venues": OPENERS,
    "venues.venue": OPENERS,
    "venues.new_venue": OPENERS,
    "venues.edit_venue": OPENERS,
    "venues.new_room": OPENERS,
    "venues.edit_room": OPENERS,
    "venues.retire_room": OPENERS,
    "venues.reopen_room": OPENERS,
}


#: Available to signed-in users only while it is needed, for example while a code is valid; otherwise not found.
WHEN_ASKED = frozenset({"accounts.step_up", "attendance.open_code", "attendance.open_kept_code"})


#: The persona whose participation the tests request.
THE_PERSON = "participant"
#: Routes on which that persona sees their own data, in addition to other readers.
OF_THE_PERSON = frozenset({"roster.person", "questionnaire.answer_file"})


#: Routes in a dialogue or meeting, with rows of the oracle; one of them must contain the letter.
WITHIN: dict[str, tuple[str, ...]] = {
    "meetings.dialogue": ("R existence of a meeting",),
    "dialogues.edit_dialogue": ("E meeting, settings",),
    "dialogues.add_party": ("E meeting, settings",),
    "dialogues.edit_party": ("E meeting, settings",),
    "dialogues.add_institution": ("E meeting, settings",),
    "dialogues.edit_institution": ("E meeting, settings",),
    "meetings.plan_meeting": ("E meeting, settings",),
    "meetings.copy_meeting": ("E meeting, settings",),
    "meetings.settings": ("E meeting, settings",),
    "meetings.cancel_meeting": ("E meeting, settings",),
    "meetings.close_meeting": ("E meeting, settings",),
    "meetings.meeting": ("R existence of a meeting",),
    "precedence.order": ("R existence of a meeting",),
    "precedence.choose_order": ("E meeting, settings",),
    "precedence.draw_lot": ("E meeting, settings",),
    "meetings.practical": ("R practical page",),
    "meetings.edit_practical": ("E practical page",),
    "roles.roles": ("R roles, seen",),
    "roles.dialogue_roles": ("R roles, seen",),
    "roles.offer_role": ("E roles, granted",),
    "roles.offer_dialogue_role": ("E roles, granted",),
    "roles.end_role": ("E roles, granted",),
    "roles.end_dialogue_role": ("E roles, granted",),
    "versions.agenda": ("R agenda, released",),
    "versions.session_page": ("F agenda, released",),
    "planning.draft": ("E agenda, draft",),
    "planning.new_session": ("E agenda, draft",),
    "planning.edit_session": ("E agenda, draft",),
    "planning.move_session": ("E agenda, draft",),
    "planning.remove_session": ("E agenda, draft",),
    "planning.balance": ("R balance",),
    "versions.releases": ("E agenda, draft",),
    "versions.release_page": ("E agenda, draft",),
    "planning.release": ("E agenda, release",),
    "roster.participants": (
        "R participants after exchange",
        "S participants after exchange",
        "R nominations before exchange",
    ),
    "roster.person": ("F participants after exchange", "F nominations before exchange"),
    "seating.speaking": ("R plates and speaking list",),
    "invitations.invite": ("E nominations before exchange",),
    "invitations.import_people": ("E nominations before exchange",),
    "invitations.preview": ("E nominations before exchange",),
    "invitations.mend": ("E nominations before exchange",),
    "invitations.send_link": ("E nominations before exchange",),
    "invitations.invite_again": ("E nominations before exchange",),
    "roster.take_back": ("E nominations before exchange",),
    "roster.choose": ("E nominations before exchange",),
    "roster.act_on_many": ("E nominations before exchange",),
    "roster.done_lately": ("E nominations before exchange",),
    "roster.done": ("E nominations before exchange",),
    "roster.undo": ("E nominations before exchange",),
    "roster.take_approval_back": ("E registration, plain fields",),
    "questionnaire.questions": ("E questions by coordinator",),
    "questionnaire.new_question": ("E questions by coordinator",),
    "questionnaire.edit_question": ("E questions by coordinator",),
    "questionnaire.move_question": ("E questions by coordinator",),
    "questionnaire.retire_question": ("E questions by coordinator",),
    "questionnaire.answers": ("F answers, focal point", "D answers, focal point"),
    "questionnaire.answer_file": ("F answers, focal point",),
    "registration.own_answers": ("O nominations before exchange", "D nominations before exchange"),
    "registration.answers_for": (),
    "registration.own_change": ("O nominations before exchange", "D nominations before exchange"),
    "registration.take_change_back": ("O nominations before exchange", "D nominations before exchange"),
    "registration.change_for": (),
    "registration.take_change_back_for": (),
    "registration.changes": ("E registration, plain fields",),
    "registration.decide_change": ("E registration, plain fields",),
    "roster.export": ("E registration, plain fields",),
    "messages.sent_messages": ("E registration, plain fields",),
    "messages.sent_message": ("E registration, plain fields",),
    "messages.new_message": ("E registration, plain fields",),
    "messages.change_message": ("E registration, plain fields",),
    "messages.send_message": ("E registration, plain fields",),
    "registration.own_registration": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_identity": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_affiliation": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_languages": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_days": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_visibility": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_rules": ("O nominations before exchange", "D nominations before exchange"),
    "registration.own_address": ("O nominations before exchange", "D nominations before exchange"),
    # Available only to that persona, whose participation has an address and who has accepted.
    "registration.registration_for": (),
    "registration.confirm_for": (),
    "registration.identity_for": (),
    "registration.affiliation_for": (),
    "registration.languages_for": (),
    "registration.days_for": (),
    "registration.visibility_for": (),
    "registration.rules_for": (),
    "invitations.correct": (),
    "registration.confirm_days": ("O nominations before exchange", "D nominations before exchange"),
    "registration.withdraw": ("O nominations before exchange", "D nominations before exchange"),
    "attendance.attendance": ("E attendance record",),
    "attendance.table": ("E attendance record",),
    "attendance.mark": ("E attendance record",),
    "attendance.person": ("E attendance record",),
    "attendance.codes": ("E attendance record",),
    "seating.seating": ("F seating",),
    "seating.earlier_plan": ("E seating",),
    "seating.plan_seats": ("E seating",),
    "seating.exchange_places": ("E seating",),
    "seating.keep_apart": ("E seating",),
    "seating.let_together": ("E seating",),
    "seating.plates": ("R plates and speaking list",),
    "registration.own_sealed": ("O passport, visa: content",),
    "documents.all_papers": ("F passport, visa: status", "D passport, visa: status"),
    "documents.flights": ("F passport, visa: content",),
    "documents.papers": ("F passport, visa: status",),
    "documents.papers_of": ("F passport, visa: status",),
    "documents.show": ("F passport, visa: content",),
    "documents.enter": ("F passport, visa: entering",),
    "documents.set_visa_status": ("F passport, visa: entering",),
    "documents.destruction": ("F certificates of destruction",),
    "nominations.nominations": ("R parties' submission",),
    "nominations.seats": ("E parties' submission",),
    "nominations.nominate": ("E parties' submission",),
    "nominations.edit_nominee": ("E nominations before exchange",),
    "nominations.replace_nominee": ("E nominations before exchange",),
    "nominations.withdraw_nominee": ("E nominations before exchange",),
    "nominations.approve_seat": ("E seats and capacities, decided",),
    "nominations.approve_participant": ("E seats and capacities, decided",),
    "nominations.refuse_participant": ("E seats and capacities, decided",),
    "nominations.submit_list": ("E parties' submission",),
    "nominations.take_submission_back": ("E parties' submission",),
    "nominations.exchange": ("E time of the exchange",),
    "nominations.confirm_exchange": ("E time of the exchange",),
    # Only for a person without an address or with an unconfirmed one; the tested person has a confirmed address.
    "nominations.settle_address": (),
    "calendars.nominee_file": (),
    "outbox.emails": ("R queued emails",),
    "outbox.resend": ("R queued emails",),
    "calendars.calendar": ("O own calendar",),
    "calendars.renew_feed": ("O own calendar",),
    "calendars.end_feed": ("O own calendar",),
    "calendars.meeting_file": ("O own calendar",),
    "calendars.session_file": ("O own calendar",),
    "notes.notes": ("R draft summary", "R filed summary before gate"),
    "notes.raw": ("E raw notes",),
    "notes.summary": ("R draft summary",),
    "notes.versions": ("R draft summary",),
    "notes.compare": ("R draft summary",),
    "notes.edit_summary": ("E draft summary",),
    "notes.restore": ("E draft summary",),
    "notes.finish": ("E draft summary",),
    "notes.reopen": ("E draft summary",),
    "archive.records": ("F record, open", "S record, embargoed"),
    "archive.dialogue_records": ("F record, open", "S record, embargoed"),
    "archive.record": ("F record, open",),
    "archive.markdown": ("F record, open",),
    "archive.file": ("F record, open",),
    "archive.search": ("F record, open",),
    "archive.upload": ("E record, open",),
    "archive.upload_to_meeting": ("E record, open",),
    "archive.file_summary": ("E record, open",),
}


#: Routes that a limited sign-in (by an invitation link) opens, in its one meeting only.
BY_INVITATION_LINK = frozenset(
    {
        "registration.own_registration",
        "registration.own_identity",
        "registration.own_affiliation",
        "registration.own_languages",
        "registration.own_days",
        "registration.own_visibility",
        "registration.own_rules",
        "registration.own_sealed",
        "registration.own_answers",
        "registration.own_change",
        "registration.take_change_back",
        "registration.confirm_days",
        "registration.withdraw",
    }
)


def open_to(endpoint: str, persona: str) -> bool:
    """Whether the oracle allows the persona something at this route, with an object of their own meeting."""
    if endpoint in AROUND:
        return persona in AROUND[endpoint]
    if endpoint in OF_THE_PERSON and persona == THE_PERSON:
        return True
    return any(_holds(wanted[0], cell) for wanted in WITHIN[endpoint] for cell in cells(wanted[2:], persona))


def _holds(letter: str, found: str) -> bool:
    """Whether the cell gives that right; editing includes reading, and reading includes own and own party's data.

    F is full reading, for which times and places, or rights that depend on the rules of a meeting, are not enough.
    """
    if letter == "R":
        return bool(set(found) & set("REDO"))
    if letter == "F":
        return bool(set(found) & set("RE")) and not set(found) & set("LC")
    if letter == "O":
        return "O" in found
    return letter in found
