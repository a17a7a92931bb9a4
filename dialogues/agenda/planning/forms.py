"""Forms for sessions of the draft and for publishing."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput

from dialogues.agenda.planning.queries.draft import DraftSession, PersonChoice
from dialogues.agenda.planning.rules import SessionPlan, When, when_of
from dialogues.agenda.versions.forms import language_name
from dialogues.agenda.versions.rules import TITLE_LONGEST, Admits, Part, SessionKind
from dialogues.core.common.fields import (
    DayField,
    Form,
    LineField,
    TitleField,
    VersionField,
    half_width,
    labelled_choices,
)
from dialogues.meetings.dialogues.forms import FILL_IN, uuid_or_none
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.policy import Role

_PEOPLE = ("chair", "leads", "rapporteur", "interpreters", "invited")


def _id(value: Any) -> UUID:
    return UUID(str(value))


def _multi_select(label: Any, coerce: Any = _id) -> Any:
    return SelectMultipleField(label, coerce=coerce, option_widget=CheckboxInput())


def _person_select(label: Any) -> Any:
    return SelectField(label, coerce=uuid_or_none, validators=[Optional()])


def _fold_choice(label: Any) -> Any:
    choices = [SelectChoice("0", _l("The first of the two")), SelectChoice("1", _l("The second of the two"))]
    return RadioField(label, choices=choices, validators=[Optional()], coerce=str)


class MoveForm(Form):
    """Day, times and rooms."""

    day = DayField(_l("Day"), [InputRequired(FILL_IN)])
    starts = TimeField(_l("From"), [InputRequired(FILL_IN)])
    ends = TimeField(_l("To"), [InputRequired(FILL_IN)])
    next_day = BooleanField(_l("Ends on the next day"))
    fold_start = _fold_choice(_l("This start comes twice that night: which?"))
    fold_end = _fold_choice(_l("This end comes twice that night: which?"))
    rooms = _multi_select(_l("Rooms"))
    version = VersionField()

    def when(self) -> When:
        return When(
            day=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            next_day=self.next_day.data,
            fold_start=_fold(self.fold_start.data),
            fold_end=_fold(self.fold_end.data),
        )

    def offer_rooms(self, rooms: Sequence[Any]) -> None:
        self.rooms.choices = [SelectChoice(str(room.id), f"{room.name} ({room.capacity})") for room in rooms]


def _fold(typed: str | None) -> int | None:
    return int(typed) if typed in {"0", "1"} else None


class SessionForm(MoveForm):
    title = TitleField(_l("Title"), TITLE_LONGEST)
    code = TitleField(_l("Number"), 24, required=False, filters=[half_width])
    kind = SelectField(_l("Kind"), coerce=SessionKind)
    rule = RadioField(_l("Rule"), coerce=Rule)
    admits = RadioField(_l("Admitted"), coerce=Admits)
    languages = _multi_select(_l("Languages"), coerce=str)
    chair = _person_select(_l("Chair"))
    leads = _multi_select(_l("Leads"))
    rapporteur = _person_select(_l("Rapporteur"))
    interpreters = _multi_select(_l("Interpreters"))
    invited = _multi_select(_l("Invited"))

    def offer(self, meeting: Any, rooms: Sequence[Any], people: Sequence[PersonChoice]) -> None:
        """Sets the choices of rooms, languages and people. Without people the fields for people are removed."""
        self.offer_rooms(rooms)
        self.kind.choices, self.rule.choices = labelled_choices(SessionKind), labelled_choices(Rule)
        self.admits.choices = labelled_choices(Admits)
        self.languages.choices = [SelectChoice(code, language_name(code)) for code in meeting.working_languages]
        if not people:
            for name in _PEOPLE:
                del self[name]
            return
        everyone = _choices(people)
        self.chair.choices = [SelectChoice("", _l("nobody yet")), *everyone]
        self.leads.choices = self.invited.choices = everyone
        self.rapporteur.choices = [
            SelectChoice("", _l("nobody")),
            *_choices(person for person in people if Role.RAPPORTEUR in person.roles),
        ]
        self.interpreters.choices = _choices(person for person in people if Role.INTERPRETER in person.roles)

    def plan(self) -> SessionPlan:
        return SessionPlan(
            title=self.title.data,
            code=self.code.data or "",
            kind=self.kind.data,
            rule=self.rule.data,
            admits=self.admits.data,
            when=self.when(),
            rooms=tuple(self.rooms.data or ()),
            people=self._people() if "chair" in self else None,
            languages=tuple(self.languages.data or ()),
        )

    def _people(self) -> tuple[tuple[UUID, Part], ...]:
        named = (
            (Part.CHAIR, [self.chair.data]),
            (Part.LEAD, _in_saved_order(self.leads)),
            (Part.RAPPORTEUR, [self.rapporteur.data]),
            (Part.INTERPRETER, _in_saved_order(self.interpreters)),
            (Part.INVITED, _in_saved_order(self.invited)),
        )
        return tuple((person, part) for part, people in named for person in people or () if person is not None)


def _in_saved_order(field: Any) -> list[UUID]:
    """Returns the ticked people in their saved order; new ones come last."""
    selected, saved_order = field.data or [], list(field.object_data or ())
    return sorted(selected, key=lambda person: saved_order.index(person) if person in saved_order else len(saved_order))


def _choices(people: Iterable[PersonChoice]) -> list[SelectChoice]:
    return [
        SelectChoice(str(person.id), f"{person.name} ({person.party})" if person.party else person.name)
        for person in people
    ]


class ReleaseForm(Form):
    """The reason for a version, and the digest of the preview that was shown."""

    reason = LineField(_l("Reason, for those who work on the agenda"), 400, required=False)
    seen = HiddenField()


def as_new(meeting: Any) -> dict[str, Any]:
    return {
        "day": meeting.starts_on,
        "kind": SessionKind.PLENARY,
        "rule": meeting.default_rule,
        "admits": Admits.PARTICIPANTS,
        "languages": list(meeting.working_languages),
        "version": 0,
    }


def times_as_saved(session: DraftSession) -> dict[str, Any]:
    when, slot = when_of(session.slot), session.slot
    return {
        "day": when.day,
        "starts": when.starts,
        "ends": when.ends,
        "next_day": when.next_day,
        "fold_start": str(when.fold_start) if slot.starts.is_twofold else None,
        "fold_end": str(when.fold_end) if slot.ends.is_twofold else None,
        "rooms": list(session.rooms),
        "version": session.version,
    }


def as_saved(session: DraftSession) -> dict[str, Any]:
    chairs, rapporteurs = session.with_part(Part.CHAIR), session.with_part(Part.RAPPORTEUR)
    return times_as_saved(session) | {
        "title": session.title,
        "code": session.code,
        "kind": session.kind,
        "rule": session.rule,
        "admits": session.admits,
        "languages": list(session.languages),
        "chair": chairs[0] if chairs else None,
        "leads": session.with_part(Part.LEAD),
        "rapporteur": rapporteurs[0] if rapporteurs else None,
        "interpreters": session.with_part(Part.INTERPRETER),
        "invited": session.with_part(Part.INVITED),
    }
