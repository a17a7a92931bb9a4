"""What is typed about dialogues, meetings and roles, as typed values."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from dialogues.common.fields import Form, LineField, LinesField, ListedField, NameField, TitleField, VersionField
from dialogues.common.words import WORDS as ROLE_WORDS
from dialogues.meetings.rules import (
    LANGUAGES,
    OFFERED_ROLES,
    WORDS,
    Days,
    DialogueFacts,
    Existence,
    InstitutionFacts,
    InviteProfile,
    MeetingFacts,
    MeetingFormat,
    MeetingStatus,
    PartyAttribution,
    PartyFacts,
    PartyKind,
    PartyOrder,
    PracticalFacts,
    Rule,
)
from dialogues.policy import Role

_FILL_IN = _l("Please fill this in.")
_CODE = Regexp(r"^[\w.-]+$", message=_l("Write letters, digits, dots and hyphens, without spaces."))


def _plain(value: Any) -> str:
    """An enumeration's value or an id as the browser sends it back; nothing for None."""
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)


def _choices(words: Iterable[Enum]) -> list[SelectChoice]:
    return [SelectChoice(value.value, _l(WORDS[value])) for value in words]


class DialogueForm(Form):
    """What is written of a dialogue."""

    code = TitleField(_l("Code"), 20, validators=[_CODE])
    title = TitleField(_l("Title"), 200)
    themes = ListedField(_l("Themes"))
    phase = IntegerField(
        _l("Phase"),
        [InputRequired(_FILL_IN), NumberRange(1, 9, _l("Write a number between 1 and 9."))],
        default=1,
    )
    existence = RadioField(_l("Existence"), choices=_choices(Existence), coerce=_plain, default=Existence.NORMAL.value)
    version = VersionField()

    def facts(self) -> DialogueFacts:
        """The dialogue as typed."""
        return DialogueFacts(
            code=self.code.data,
            title=self.title.data,
            themes=tuple(self.themes.data or ()),
            phase=self.phase.data,
            existence=Existence(self.existence.data),
        )


class OpenDialogueForm(DialogueForm):
    """A new dialogue, and how its first coordinator is called in it."""

    name = NameField(_l("Your name"), 200)


class PartyForm(Form):
    """What is written of a party: one name per language, in the words the party accepts."""

    code = TitleField(_l("Code"), 8, validators=[_CODE])
    kind = SelectField(_l("Kind"), choices=_choices(PartyKind), coerce=_plain)
    city = TitleField(_l("City"), 120, required=False)
    name_en = TitleField(LANGUAGES["en"], 120)
    name_fr = TitleField(LANGUAGES["fr"], 120, required=False)
    name_ru = TitleField(LANGUAGES["ru"], 120, required=False)
    name_zh = TitleField(LANGUAGES["zh"], 120, required=False)
    name_ko = TitleField(LANGUAGES["ko"], 120, required=False)
    name_ja = TitleField(LANGUAGES["ja"], 120, required=False)
    name_mn = TitleField(LANGUAGES["mn"], 120, required=False)
    version = VersionField()

    @property
    def names(self) -> list[Any]:
        """The fields of the names, English first."""
        return [field for field in self if field.name.startswith("name_")]

    def facts(self) -> PartyFacts:
        """The party as typed."""
        names = {field.name.removeprefix("name_"): field.data for field in self.names if field.data}
        return PartyFacts(code=self.code.data, names=names, city=self.city.data or None, kind=PartyKind(self.kind.data))


class InstitutionForm(Form):
    """What is written of an institution."""

    name = TitleField(_l("Name"), 200)
    acronym = TitleField(_l("Acronym"), 40, required=False)
    aliases = ListedField(_l("Other spellings"))
    party_id = SelectField(_l("Party"), coerce=_plain)

    def offer(self, parties: Sequence[Any]) -> None:
        """Let one of these parties be chosen, or none."""
        self.party_id.choices = [SelectChoice("", gettext("none, as the liaison office")), *_named(parties)]

    def facts(self) -> InstitutionFacts:
        """The institution as typed."""
        return InstitutionFacts(
            name=self.name.data,
            acronym=self.acronym.data or "",
            aliases=tuple(self.aliases.data or ()),
            party_id=_id(self.party_id.data),
        )


def _named(parties: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(str(party.id), party.names.get("en", party.code)) for party in parties]


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


class MeetingForm(Form):
    """A meeting as it is planned."""

    code = TitleField(_l("Code"), 20, validators=[_CODE])
    title = TitleField(_l("Title"), 200, required=False)
    format = SelectField(_l("Format"), choices=_choices(MeetingFormat), coerce=_plain)
    venue_id = SelectField(_l("Venue"), coerce=_plain)
    city = TitleField(_l("City"), 120, required=False)
    zone = LineField(_l("Time zone"), 64, required=False)
    arrive_on = DateField(_l("Arrival"), [Optional()])
    starts_on = DateField(_l("First day"), [InputRequired(_FILL_IN)])
    ends_on = DateField(_l("Last day"), [InputRequired(_FILL_IN)])
    depart_on = DateField(_l("Departure"), [Optional()])
    default_rule = SelectField(
        _l("Rule of a new session"), choices=_choices(Rule), coerce=_plain, default=Rule.CHATHAM_HOUSE.value
    )
    party_attribution = SelectField(
        _l("May a released text name a party?"), choices=_choices(PartyAttribution), coerce=_plain
    )
    profile = RadioField(
        _l("Calendar files"),
        choices=[
            SelectChoice(InviteProfile.DISCREET.value, _l("Discreet: a neutral word and the city, nothing else")),
            SelectChoice(
                InviteProfile.FULL.value, _l("Full: titles and rooms, on every device that shows the calendar")
            ),
        ],
        coerce=_plain,
        default=InviteProfile.DISCREET.value,
    )
    existence = RadioField(
        _l("Existence"),
        choices=[
            SelectChoice(Existence.NORMAL.value, _l("Not secret: offers of roles name the meeting")),
            SelectChoice(
                Existence.CONFIDENTIAL.value, _l("Confidential: nobody outside its circle is told that it takes place")
            ),
        ],
        coerce=_plain,
        default=Existence.NORMAL.value,
    )
    observers_told = BooleanField(_l("Observers may read the participants list and the released summaries"))
    working_languages = SelectMultipleField(
        _l("Working languages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    rules_text = LinesField(_l("Rules that everyone accepts"), 20_000)
    registration_closes = DateTimeLocalField(_l("Registration closes"), [Optional()])
    parties = SelectMultipleField(
        _l("Parties"), coerce=_plain, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    seats = IntegerField(
        _l("Seats per party"), [Optional(), NumberRange(1, 500, _l("Write a number between 1 and 500."))]
    )
    version = VersionField()

    def offer(self, venues: Sequence[Any], parties: Sequence[Any]) -> None:
        """Let one of these venues, and any of these parties, be chosen."""
        self.venue_id.choices = [
            SelectChoice("", gettext("none yet, or online")),
            *(SelectChoice(str(venue.id), f"{venue.city}: {venue.name} ({venue.zone})") for venue in venues),
        ]
        self.parties.choices = _named(parties)

    def facts(self, venues: Sequence[Any], status: MeetingStatus) -> MeetingFacts:
        """The meeting as typed; without a zone, that of the chosen venue."""
        proposed = {str(venue.id): venue.zone for venue in venues}.get(self.venue_id.data, "")
        return MeetingFacts(
            code=self.code.data,
            title=self.title.data or "",
            venue_id=_id(self.venue_id.data),
            city=self.city.data or None,
            zone=self.zone.data or proposed,
            days=Days(
                starts_on=self.starts_on.data,
                ends_on=self.ends_on.data,
                arrive_on=self.arrive_on.data,
                depart_on=self.depart_on.data,
            ),
            status=status,
            format=MeetingFormat(self.format.data),
            existence=Existence(self.existence.data),
            default_rule=Rule(self.default_rule.data),
            party_attribution=PartyAttribution(self.party_attribution.data),
            profile=InviteProfile(self.profile.data),
            observers_told=self.observers_told.data,
            working_languages=tuple(self.working_languages.data or ()),
            rules_text=self.rules_text.data or "",
            registration_closes=self.registration_closes.data,
            parties=frozenset(UUID(party) for party in self.parties.data or ()),
            seats=self.seats.data,
        )


class MeetingSettingsForm(MeetingForm):
    """A planned meeting, changed: where it stands, and what its draft does when the days move."""

    status = SelectField(
        _l("Status"), choices=_choices([MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED]), coerce=_plain
    )
    keeps_distance = BooleanField(_l("When the first day moves, move the sessions of the draft with it"), default=True)

    def offer_status(self, status: MeetingStatus) -> None:
        """Let a meeting that was closed stay closed."""
        if status is MeetingStatus.CLOSED:
            self.status.choices = _choices([MeetingStatus.CLOSED])


class CloseMeetingForm(Form):
    """Whether the meeting as it was shown is closed."""

    version = VersionField()


class CopyMeetingForm(Form):
    """The next meeting after the model of this one."""

    code = TitleField(_l("Code"), 20, validators=[_CODE])
    title = TitleField(_l("Title"), 200, required=False)
    starts_on = DateField(_l("First day"), [InputRequired(_FILL_IN)])


class CancelMeetingForm(Form):
    """Whether the meeting as it was shown is cancelled."""

    version = VersionField()


class OrderForm(Form):
    """By what the parties stand in every list of a meeting."""

    by = RadioField(_l("Order of the parties"), choices=_choices(PartyOrder), coerce=_plain)
    version = VersionField()

    @property
    def chosen(self) -> PartyOrder:
        return PartyOrder(self.by.data)


class LotForm(Form):
    """Before whom a lot is drawn."""

    witnesses = LineField(_l("Witnesses"), 300)
    version = VersionField()


class PracticalForm(Form):
    """The practical page of a meeting."""

    way = LinesField(_l("The way"), 6000)
    hotel = LinesField(_l("Hotel"), 3000)
    night_telephone = LineField(_l("Night telephone"), 80, required=False)
    more = LinesField(_l("More"), 6000)
    version = VersionField()

    def facts(self) -> PracticalFacts:
        """The page as typed."""
        return PracticalFacts(
            way=self.way.data or "",
            hotel=self.hotel.data or "",
            night_telephone=self.night_telephone.data or "",
            more=self.more.data or "",
        )


class OfferRoleForm(Form):
    """A role, and whom it is offered to."""

    name = NameField(_l("Name"), 200)
    email = LineField(_l("E-mail"), 254)
    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose the role."))],
        choices=[
            SelectChoice("", _l("choose one")),
            *(SelectChoice(role.value, _l(ROLE_WORDS[role])) for role in OFFERED_ROLES),
        ],
        coerce=_plain,
    )
    party = SelectField(_l("Party"), coerce=_plain)

    def offer(self, parties: Sequence[Any]) -> None:
        """Let one of these parties be chosen for a focal point."""
        self.party.choices = [SelectChoice("", gettext("only for a focal point")), *_named(parties)]

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)

    @property
    def chosen_party(self) -> UUID | None:
        return _id(self.party.data)


class EndRoleForm(Form):
    """Whether a role is ended: nothing is typed."""
