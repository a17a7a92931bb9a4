"""Every route with what it shows or changes, in the words of the oracle; a route missing here fails the tests."""

from tests.architecture.oracle import PERSONAS, cells

EVERYONE = frozenset(PERSONAS)
#: Around any dialogue: who may, by what they are to the installation. The sample's host lead keeps it, its coordinator
#: opens dialogues.
SIGNED_IN = EVERYONE
KEEPER = frozenset({"host lead"})
OPENERS = frozenset({"host lead", "coordinator"})

AROUND: dict[str, frozenset[str]] = {
    "home.home": SIGNED_IN,
    "home.held": SIGNED_IN,
    "home.show_held": SIGNED_IN,
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
    "meetings.offers": SIGNED_IN,
    "meetings.accept_role": SIGNED_IN,
    "meetings.decline_role": SIGNED_IN,
    "meetings.dialogues": SIGNED_IN,
    "accounts.staff": KEEPER,
    "accounts.invite_staff": KEEPER,
    "accounts.invite_again": KEEPER,
    "accounts.let_open_dialogues": KEEPER,
    "accounts.open_no_more": KEEPER,
    "accounts.reset": KEEPER,
    "accounts.disable": KEEPER,
    "accounts.enable": KEEPER,
    "meetings.open_dialogue": OPENERS,
    "attendance.open_code": frozenset({"travel desk"}),
    "attendance.open_kept_code": frozenset({"travel desk"}),
    "venues.venues": OPENERS,
    "venues.venue": OPENERS,
    "venues.new_venue": OPENERS,
    "venues.edit_venue": OPENERS,
    "venues.new_room": OPENERS,
    "venues.edit_room": OPENERS,
    "venues.retire_room": OPENERS,
    "venues.reopen_room": OPENERS,
}

#: Open to a signed-in person while something asks for it, as a living code does, and nothing at all at other times.
WHEN_ASKED = frozenset({"accounts.step_up", "attendance.open_code", "attendance.open_kept_code"})

#: Whose participation the tests ask for.
THE_PERSON = "participant"
#: What they read of themself, whoever else reads it.
OF_THE_PERSON = frozenset({"participants.person", "participants.answer_file"})

#: In a dialogue or meeting: rows of the oracle, of which one must hold the letter.
WITHIN: dict[str, tuple[str, ...]] = {
    "meetings.dialogue": ("R existence of a meeting",),
    "meetings.edit_dialogue": ("E meeting, settings",),
    "meetings.add_party": ("E meeting, settings",),
    "meetings.edit_party": ("E meeting, settings",),
    "meetings.add_institution": ("E meeting, settings",),
    "meetings.edit_institution": ("E meeting, settings",),
    "meetings.plan_meeting": ("E meeting, settings",),
    "meetings.copy_meeting": ("E meeting, settings",),
    "meetings.settings": ("E meeting, settings",),
    "meetings.cancel_meeting": ("E meeting, settings",),
    "meetings.close_meeting": ("E meeting, settings",),
    "meetings.meeting": ("R existence of a meeting",),
    "meetings.order": ("R existence of a meeting",),
    "meetings.choose_order": ("E meeting, settings",),
    "meetings.draw_lot": ("E meeting, settings",),
    "meetings.practical": ("R practical page",),
    "meetings.edit_practical": ("E practical page",),
    "meetings.roles": ("R roles, seen",),
    "meetings.dialogue_roles": ("R roles, seen",),
    "meetings.offer_role": ("E roles, granted",),
    "meetings.offer_dialogue_role": ("E roles, granted",),
    "meetings.end_role": ("E roles, granted",),
    "meetings.end_dialogue_role": ("E roles, granted",),
    "agenda.agenda": ("R agenda, released",),
    "agenda.session_page": ("F agenda, released",),
    "agenda.draft": ("E agenda, draft",),
    "agenda.new_session": ("E agenda, draft",),
    "agenda.edit_session": ("E agenda, draft",),
    "agenda.move_session": ("E agenda, draft",),
    "agenda.remove_session": ("E agenda, draft",),
    "agenda.balance": ("R balance",),
    "agenda.releases": ("E agenda, draft",),
    "agenda.release_page": ("E agenda, draft",),
    "agenda.release": ("E agenda, release",),
    "participants.participants": (
        "R participants after exchange",
        "S participants after exchange",
        "R nominations before exchange",
    ),
    "participants.person": ("F participants after exchange", "F nominations before exchange"),
    "participants.speaking": ("R plates and speaking list",),
    "participants.invite": ("E nominations before exchange",),
    "participants.import_people": ("E nominations before exchange",),
    "participants.mend": ("E nominations before exchange",),
    "participants.send_link": ("E nominations before exchange",),
    "participants.invite_again": ("E nominations before exchange",),
    "participants.take_back": ("E nominations before exchange",),
    "participants.choose": ("E nominations before exchange",),
    "participants.act_on_many": ("E nominations before exchange",),
    "participants.done_lately": ("E nominations before exchange",),
    "participants.done": ("E nominations before exchange",),
    "participants.undo": ("E nominations before exchange",),
    "participants.take_approval_back": ("E registration, plain fields",),
    "participants.questions": ("E questions of the office",),
    "participants.new_question": ("E questions of the office",),
    "participants.edit_question": ("E questions of the office",),
    "participants.move_question": ("E questions of the office",),
    "participants.retire_question": ("E questions of the office",),
    "participants.answers": ("F answers, and focal point", "D answers, and focal point"),
    "participants.answer_file": ("F answers, and focal point",),
    "participants.own_answers": ("O nominations before exchange", "D nominations before exchange"),
    "participants.answers_for": (),
    "participants.own_change": ("O nominations before exchange", "D nominations before exchange"),
    "participants.take_change_back": ("O nominations before exchange", "D nominations before exchange"),
    "participants.change_for": (),
    "participants.take_change_back_for": (),
    "participants.changes": ("E registration, plain fields",),
    "participants.decide_change": ("E registration, plain fields",),
    "participants.export": ("E registration, plain fields",),
    "participants.sent_messages": ("E registration, plain fields",),
    "participants.sent_message": ("E registration, plain fields",),
    "participants.new_message": ("E registration, plain fields",),
    "participants.change_message": ("E registration, plain fields",),
    "participants.send_message": ("E registration, plain fields",),
    "participants.own_registration": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_identity": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_affiliation": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_languages": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_days": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_visibility": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_rules": ("O nominations before exchange", "D nominations before exchange"),
    "participants.own_address": ("O nominations before exchange", "D nominations before exchange"),
    # Whose participation the tests ask for has an address, answers for themself and has accepted.
    "participants.registration_for": (),
    "participants.confirm_for": (),
    "participants.identity_for": (),
    "participants.affiliation_for": (),
    "participants.languages_for": (),
    "participants.days_for": (),
    "participants.visibility_for": (),
    "participants.rules_for": (),
    "participants.correct": (),
    "participants.withdraw": ("O nominations before exchange", "D nominations before exchange"),
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
    "participants.own_sealed": ("O passport, visa: content",),
    "participants.all_papers": ("F passport, visa: status", "D passport, visa: status"),
    "participants.flights": ("F passport, visa: content",),
    "participants.papers": ("F passport, visa: status",),
    "participants.papers_of": ("F passport, visa: status",),
    "participants.show": ("F passport, visa: content",),
    "participants.enter": ("F passport, visa: entering",),
    "participants.set_visa_status": ("F passport, visa: entering",),
    "participants.destruction": ("F certificates of destruction",),
    "participants.nominations": ("R parties' lodging",),
    "participants.seats": ("E parties' lodging",),
    "participants.nominate": ("E parties' lodging",),
    "participants.edit_nominee": ("E nominations before exchange",),
    "participants.replace_nominee": ("E nominations before exchange",),
    "participants.withdraw_nominee": ("E nominations before exchange",),
    "participants.approve_seat": ("E seats and capacities, decided",),
    "participants.approve_participant": ("E seats and capacities, decided",),
    "participants.refuse_participant": ("E seats and capacities, decided",),
    "participants.lodge": ("E parties' lodging",),
    "participants.take_lodging_back": ("E parties' lodging",),
    "participants.exchange": ("E moment of the exchange",),
    "participants.confirm_exchange": ("E moment of the exchange",),
    # Only where an address is in doubt, and only for someone whom no letter reaches: here there is neither.
    "participants.settle_address": (),
    "invites.nominee_file": (),
    "outbox.letters": ("R letters owed",),
    "outbox.resend": ("R letters owed",),
    "invites.calendar": ("O own calendar",),
    "invites.renew_feed": ("O own calendar",),
    "invites.end_feed": ("O own calendar",),
    "invites.meeting_file": ("O own calendar",),
    "invites.session_file": ("O own calendar",),
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


#: What a limited sign-in, by an invitation link, opens in its one meeting; it opens no other route.
BY_INVITATION_LINK = frozenset(
    {
        "participants.own_registration",
        "participants.own_identity",
        "participants.own_affiliation",
        "participants.own_languages",
        "participants.own_days",
        "participants.own_visibility",
        "participants.own_rules",
        "participants.own_sealed",
        "participants.own_answers",
        "participants.own_change",
        "participants.take_change_back",
        "participants.withdraw",
    }
)


def open_to(endpoint: str, persona: str) -> bool:
    """Whether the oracle lets the persona do something at this route, with an object of their own meeting."""
    if endpoint in AROUND:
        return persona in AROUND[endpoint]
    if endpoint in OF_THE_PERSON and persona == THE_PERSON:
        return True
    return any(_holds(wanted[0], cell) for wanted in WITHIN[endpoint] for cell in cells(wanted[2:], persona))


def _holds(letter: str, found: str) -> bool:
    """An editor reads as well; where reading is asked for, one's own or one's party's part is something to read.

    F is reading in full, for which times and places are not enough, nor what a meeting's rules do not say.
    """
    if letter == "R":
        return bool(set(found) & set("REDO"))
    if letter == "F":
        return bool(set(found) & set("RE")) and not set(found) & set("LC")
    if letter == "O":
        return "O" in found
    return letter in found
