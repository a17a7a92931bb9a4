"""Who may do what: action × role → scope under conditions. The only place that decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_


class Role(Labelled):
    """A role of a person in a dialogue or meeting; the value is used in URLs and in the database."""

    HOST_LEAD = "host_lead", N_("host lead")
    COORDINATOR = "coordinator", N_("coordinator")
    CO_CHAIR = "co_chair", N_("co-chair")
    FOCAL_POINT = "focal_point", N_("focal point")
    PARTICIPANT = "participant", N_("participant")
    OBSERVER = "observer", N_("observer")
    INTERPRETER = "interpreter", N_("interpreter")
    RAPPORTEUR = "rapporteur", N_("rapporteur")
    ARCHIVIST = "archivist", N_("archivist")
    LIAISON_DESK = "liaison_desk", N_("travel desk")


class AccountKind(Enum):
    """A kind of account or viewer, independent of roles in dialogues."""

    ANYONE = "anyone"
    LINK_HOLDER = "link_holder"
    ACCOUNT = "account"
    INSTALLATION_HOST = "installation_host"
    OPENER = "opener"
    SYSTEM = "system"


class Scope(Enum):
    """How many rows of a kind an action reaches; every `visible()` turns each scope into SQL."""

    ALL = "all"
    OWN_PARTY = "own party"
    CONSENTED = "own party, those who let it"
    OWN = "own"
    ADMITTED = "sessions admitted to"
    INVITED = "all but sessions of a restricted list, and those if invited"
    PLACES = "times and places"
    STATUS = "status only"
    AGGREGATE = "counts only"
    SEALED = "one sealed line"


class Condition(Enum):
    """A fact that must be true for a grant to count."""

    WINDOW = "fourteen days before to seven days after the meeting"
    EXCHANGED = "the parties' lists are open to each other"
    RULE_SAYS = "the meeting's rules open it to observers"


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done or seen; the name is used in the audit log and in tests."""

    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell of the matrix: the scope of an action and its conditions."""

    scope: Scope
    conditions: frozenset[Condition] = frozenset()


Cell = Grant | None

ALL = Grant(Scope.ALL)
PRTY = Grant(Scope.OWN_PARTY)
OWN = Grant(Scope.OWN)
CONS = Grant(Scope.CONSENTED)
ADM = Grant(Scope.ADMITTED)
INV = Grant(Scope.INVITED)
PLCS = Grant(Scope.PLACES)
SEAL = Grant(Scope.SEALED)
#: Interpreters: everything, during their window.
WIND = Grant(Scope.ALL, frozenset({Condition.WINDOW}))
#: Interpreters: the sessions they are assigned to, during their window.
WASG = Grant(Scope.INVITED, frozenset({Condition.WINDOW}))
#: Interpreters: their own rows, during their window.
WOWN = Grant(Scope.OWN, frozenset({Condition.WINDOW}))
#: After the exchange of lists.
XALL = Grant(Scope.ALL, frozenset({Condition.EXCHANGED}))
XWIN = Grant(Scope.ALL, frozenset({Condition.EXCHANGED, Condition.WINDOW}))
#: Observers: after the exchange, if the meeting's rules allow it.
XRUL = Grant(Scope.ALL, frozenset({Condition.EXCHANGED, Condition.RULE_SAYS}))
RULE = Grant(Scope.ALL, frozenset({Condition.RULE_SAYS}))
XSEA = Grant(Scope.SEALED, frozenset({Condition.EXCHANGED}))
____ = None

# The actions, in the order of the access matrix.
DIALOGUE_SEE = Action("dialogue.see")
DIALOGUE_EDIT = Action("dialogue.edit")
ROLES_SEE = Action("roles.see")
ROLES_GRANT = Action("roles.grant")
MEETING_SEE = Action("meeting.see")
MEETING_EDIT = Action("meeting.edit")
AGENDA_EDIT = Action("agenda.edit")
AGENDA_SEE = Action("agenda.see")
AGENDA_RELEASE = Action("agenda.release")
SESSION_PEOPLE_SEE = Action("session.people.see")
NOMINATIONS_SEE = Action("nominations.see")
NOMINATE = Action("nominations.enter")
SUBMISSION_SEE = Action("submission.see")
SUBMIT_LIST = Action("submission.submit")
EXCHANGE_FIX = Action("exchange.fix")
SEATS_EDIT = Action("seats.edit")
PARTICIPANTS_INVITE = Action("participants.invite")
PARTICIPANTS_SEE = Action("participants.see")
REGISTRATION_SEE = Action("registration.see")
REGISTRATION_OWN = Action("registration.own")
REGISTRATION_FOR = Action("registration.for")
REGISTRATION_APPROVE = Action("registration.approve")
QUESTIONS_EDIT = Action("questions.edit")
#: Answers to the coordinator's questions: one action for each audience of a question.
ANSWERS_SEE = Action("answers.see")
ANSWERS_PARTY_SEE = Action("answers.party.see")
ANSWERS_TRAVEL_SEE = Action("answers.travel.see")
MESSAGES_WRITE = Action("messages.write")
PARTICIPANTS_EXPORT = Action("participants.export")
VISA_STATUS_SEE = Action("visa_status.see")
PASSPORT_READ = Action("passport.read")
PASSPORT_ENTER = Action("passport.enter")
NEEDS_READ = Action("needs.read")
NEEDS_ENTER = Action("needs.enter")
DESTRUCTION_SEE = Action("destruction.see")
ATTENDANCE_MARK = Action("attendance.mark")
ATTENDANCE_LINE_SEE = Action("attendance.line.see")
BALANCE_SEE = Action("balance.see")
PLATES_SEE = Action("plates.see")
SEATING_SEE = Action("seating.see")
SEATING_EDIT = Action("seating.edit")
PRACTICAL_SEE = Action("practical.see")
PRACTICAL_EDIT = Action("practical.edit")
RAW_NOTES_WRITE = Action("raw_notes.write")
SUMMARY_EDIT = Action("summary.edit")
SUMMARY_SEE = Action("summary.see")
SUMMARY_FINISH = Action("summary.finish")
SUMMARY_FILED_READ = Action("summary.filed.read")
RECORD_FILE = Action("record.file")
RECORD_READ = Action("record.read")
RECORD_LINE_SEE = Action("record.line.see")
OFFICE_RECORD_READ = Action("record.office.read")
EMAILS_SEE = Action("letters.see")
EMAILS_RESEND = Action("letters.resend")
FEED_OWN = Action("feed.own")
INVITE_FILE = Action("invite.file")
AUDIT_SEE = Action("audit.see")

# fmt: off
#                       host  coord co-ch focal parti obser inter rappo archi liaison
#                       lead        air   point cipan ver   prete rteur vist  desk
MATRIX: dict[Action, tuple[Cell, ...]] = {
    DIALOGUE_SEE:        (ALL,  ALL,  ALL,  ALL,  ALL,  ALL,  WIND, ALL,  ALL,  ALL),
    DIALOGUE_EDIT:       (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    ROLES_SEE:           (ALL,  ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    ROLES_GRANT:         (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    MEETING_SEE:         (ALL,  ALL,  ALL,  ALL,  ALL,  ALL,  WIND, ALL,  ALL,  ALL),
    MEETING_EDIT:        (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    AGENDA_EDIT:         (ALL,  ALL,  ALL,  ____, ____, ____, ____, ____, ____, ____),
    AGENDA_SEE:          (ALL,  ALL,  ALL,  INV,  INV,  ADM,  WASG, INV,  INV,  PLCS),
    AGENDA_RELEASE:      (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    SESSION_PEOPLE_SEE:  (ALL,  ALL,  XALL, XALL, XALL, XALL, XWIN, XALL, ____, ____),
    NOMINATIONS_SEE:     (ALL,  ALL,  ____, PRTY, OWN,  OWN,  ____, ____, ____, ____),
    NOMINATE:            (____, ALL,  ____, PRTY, ____, ____, ____, ____, ____, ____),
    SUBMISSION_SEE:         (ALL,  ALL,  ____, PRTY, ____, ____, ____, ____, ____, ____),
    SUBMIT_LIST:               (____, ALL,  ____, PRTY, ____, ____, ____, ____, ____, ____),
    EXCHANGE_FIX:        (____, ALL,  ALL,  ____, ____, ____, ____, ____, ____, ____),
    SEATS_EDIT:          (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    PARTICIPANTS_INVITE: (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    PARTICIPANTS_SEE:    (XALL, XALL, XALL, XALL, XALL, XRUL, XWIN, XALL, XSEA, XALL),
    REGISTRATION_SEE:    (ALL,  ALL,  ____, PRTY, OWN,  OWN,  OWN,  ____, ____, ALL),
    REGISTRATION_OWN:    (____, ____, ____, ____, OWN,  OWN,  ____, ____, ____, ____),
    REGISTRATION_FOR:    (____, ALL,  ____, PRTY, ____, ____, ____, ____, ____, ____),
    REGISTRATION_APPROVE: (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    QUESTIONS_EDIT:      (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    ANSWERS_SEE:         (____, ALL,  ____, ____, OWN,  OWN,  ____, ____, ____, ____),
    ANSWERS_PARTY_SEE:   (____, ALL,  ____, PRTY, OWN,  OWN,  ____, ____, ____, ____),
    ANSWERS_TRAVEL_SEE:  (____, ALL,  ____, ____, OWN,  OWN,  ____, ____, ____, ALL),
    MESSAGES_WRITE:      (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    PARTICIPANTS_EXPORT: (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    VISA_STATUS_SEE:     (____, ALL,  ____, PRTY, OWN,  OWN,  OWN,  ____, ____, ALL),
    PASSPORT_READ:       (____, ____, ____, ____, OWN,  OWN,  OWN,  ____, ____, ALL),
    PASSPORT_ENTER:      (____, ____, ____, PRTY, OWN,  OWN,  OWN,  ____, ____, ALL),
    NEEDS_READ:          (____, ____, ____, CONS, OWN,  OWN,  OWN,  ____, ____, ALL),
    NEEDS_ENTER:         (____, ____, ____, PRTY, OWN,  OWN,  OWN,  ____, ____, ____),
    DESTRUCTION_SEE:     (ALL,  ALL,  ____, ____, ____, ____, ____, ____, ALL,  ALL),
    ATTENDANCE_MARK:     (____, ____, ____, ____, ____, ____, ____, ____, ____, ALL),
    ATTENDANCE_LINE_SEE: (____, SEAL, ____, ____, ____, ____, ____, ____, SEAL, ____),
    BALANCE_SEE:         (XALL, ALL,  XALL, ____, ____, ____, ____, ____, ____, ____),
    PLATES_SEE:          (XALL, ALL,  XALL, ____, ____, ____, ____, ____, ____, XALL),
    SEATING_SEE:         (XALL, ALL,  XALL, XALL, XALL, XRUL, XWIN, XALL, ____, XALL),
    SEATING_EDIT:        (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    PRACTICAL_SEE:       (ALL,  ALL,  ALL,  ALL,  ALL,  ALL,  WIND, ALL,  ____, ALL),
    PRACTICAL_EDIT:      (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ALL),
    RAW_NOTES_WRITE:     (____, ____, ____, ____, ____, ____, ____, OWN,  ____, ____),
    SUMMARY_EDIT:        (____, ____, ALL,  ____, ____, ____, ____, OWN,  ____, ____),
    SUMMARY_SEE:         (____, ALL,  ALL,  ____, ____, ____, ____, OWN,  ____, ____),
    SUMMARY_FINISH:      (____, ____, ALL,  ____, ____, ____, ____, OWN,  ____, ____),
    SUMMARY_FILED_READ:  (ALL,  ALL,  ALL,  ____, ____, ____, ____, ALL,  ____, ____),
    RECORD_FILE:         (____, ____, ____, ____, ____, ____, ____, ____, ALL,  ____),
    RECORD_READ:         (ALL,  ALL,  ALL,  ALL,  ALL,  RULE, ____, ALL,  ALL,  ____),
    RECORD_LINE_SEE:     (SEAL, SEAL, ____, ____, ____, ____, ____, ____, SEAL, ____),
    OFFICE_RECORD_READ:  (ALL,  ALL,  ____, ____, ____, ____, ____, ____, ALL,  ____),
    EMAILS_SEE:         (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    EMAILS_RESEND:      (____, ALL,  ____, ____, ____, ____, ____, ____, ____, ____),
    FEED_OWN:            (OWN,  OWN,  OWN,  OWN,  OWN,  OWN,  WOWN, OWN,  ____, PLCS),
    INVITE_FILE:         (OWN,  OWN,  OWN,  OWN,  OWN,  OWN,  WOWN, OWN,  ____, PLCS),
    AUDIT_SEE:           (ALL,  ____, ____, ____, OWN,  OWN,  OWN,  ____, ____, ____),
}
# fmt: on

# Actions outside dialogues.
SIGN_IN = Action("sign_in")
LINK_OPEN = Action("link.open")
FEED_FETCH = Action("feed.fetch")
HOME_SEE = Action("home.see")
OWN_ACCOUNT = Action("account.own")
OWN_DATA_SEE = Action("own_data.see")
STAFF_INVITE = Action("staff.invite")
DIALOGUE_OPEN = Action("dialogue.open")
VENUES_EDIT = Action("venues.edit")
VENUES_SEE = Action("venues.see")
ASSET_SEE = Action("asset.see")
ATTENDANCE_CODE_OPEN = Action("attendance.code.open")

ACCOUNT_KINDS: dict[Action, frozenset[AccountKind]] = {
    ASSET_SEE: frozenset({AccountKind.ANYONE}),
    SIGN_IN: frozenset({AccountKind.ANYONE}),
    LINK_OPEN: frozenset({AccountKind.ANYONE}),
    FEED_FETCH: frozenset({AccountKind.ANYONE}),
    HOME_SEE: frozenset({AccountKind.ACCOUNT}),
    OWN_ACCOUNT: frozenset({AccountKind.ACCOUNT}),
    OWN_DATA_SEE: frozenset({AccountKind.ACCOUNT}),
    STAFF_INVITE: frozenset({AccountKind.INSTALLATION_HOST}),
    DIALOGUE_OPEN: frozenset({AccountKind.INSTALLATION_HOST, AccountKind.OPENER}),
    # The meeting behind the code decides whether this account may use it.
    ATTENDANCE_CODE_OPEN: frozenset({AccountKind.ACCOUNT}),
    VENUES_EDIT: frozenset({AccountKind.INSTALLATION_HOST, AccountKind.OPENER}),
    VENUES_SEE: frozenset({AccountKind.INSTALLATION_HOST, AccountKind.OPENER}),
}

#: All actions by name, for templates and tests.
ACTIONS = {action.name: action for action in (*MATRIX, *ACCOUNT_KINDS)}

#: Roles of the liaison office's staff, who sign in with a second factor.
STAFF_ROLES = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.RAPPORTEUR, Role.ARCHIVIST, Role.LIAISON_DESK})

#: What a focal point does for the party. An observer who is also focal point gets only these.
PARTY_BUSINESS = frozenset(
    {
        NOMINATIONS_SEE,
        NOMINATE,
        SUBMISSION_SEE,
        SUBMIT_LIST,
        REGISTRATION_SEE,
        REGISTRATION_FOR,
        ANSWERS_PARTY_SEE,
        VISA_STATUS_SEE,
        PASSPORT_ENTER,
        NEEDS_READ,
        NEEDS_ENTER,
    }
)

#: On pages of a dialogue, only a role in the whole dialogue allows these.
RUNS_THE_DIALOGUE = frozenset({DIALOGUE_EDIT, ROLES_SEE, ROLES_GRANT, MEETING_EDIT, OFFICE_RECORD_READ})

#: All that a limited sign-in (by invitation link) may do: answer for its own participation.
LIMITED_SIGN_IN = frozenset({REGISTRATION_OWN, PASSPORT_ENTER, NEEDS_ENTER})

_COLUMN_OF_ROLE = {role: column for column, role in enumerate(Role)}


def scopes(action: Action, roles: Iterable[Role], conditions: frozenset[Condition]) -> frozenset[Scope]:
    """The scopes of an action for these roles, under the conditions that are met."""
    row, counting = MATRIX.get(action), set(roles)
    if row is None:
        return frozenset()
    if Role.OBSERVER in counting and action not in PARTY_BUSINESS:
        counting.discard(Role.FOCAL_POINT)
    cells = (row[_COLUMN_OF_ROLE[role]] for role in counting)
    return frozenset(cell.scope for cell in cells if cell is not None and cell.conditions <= conditions)


def limited(action: Action, reached: frozenset[Scope]) -> frozenset[Scope]:
    """Reduce the scopes of a limited sign-in: OWN, and only for the listed actions."""
    return reached & {Scope.OWN} if action in LIMITED_SIGN_IN else frozenset()


def allows_account(action: Action, kinds: Iterable[AccountKind]) -> bool:
    """Whether an action outside dialogues is allowed for one of these kinds of account."""
    return not ACCOUNT_KINDS.get(action, frozenset()).isdisjoint(kinds)
