"""Accounts and persons of the sample: one account per human, one person per dialogue."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from dialogues.core.accounts.models import Account, InstallationRoleHeld
from dialogues.core.accounts.rules import InstallationRole
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.meetings.dialogues.models import Institution, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Gender, NameOrder, PartyKind
from dialogues.sample.reading import address, sample

_ORDERS = {"ff": NameOrder.FAMILY_FIRST, "gf": NameOrder.GIVEN_FIRST, "pg": NameOrder.PATRONYMIC_GIVEN}
_KINDS = {"party": PartyKind.PARTY, "host": PartyKind.HOST, "observer organisation": PartyKind.OBSERVER}


@dataclass(slots=True)
class SampleIds:
    """Database ids by the ids used in the sample."""

    accounts: dict[str, UUID] = field(default_factory=dict)
    people: dict[tuple[str, str], UUID] = field(default_factory=dict)
    parties: dict[tuple[str, str], UUID] = field(default_factory=dict)
    dialogues: dict[str, UUID] = field(default_factory=dict)
    meetings: dict[str, UUID] = field(default_factory=dict)
    sessions: dict[str, UUID] = field(default_factory=dict)
    rooms: dict[str, UUID] = field(default_factory=dict)
    venues: dict[str, UUID] = field(default_factory=dict)


def add(row: Any) -> UUID:
    """Add a row with a new id and return the id."""
    key = uuid4()
    row.id = key
    db.session.add(row)
    db.session.flush()
    return key


def load_accounts(loaded: SampleIds, at: datetime) -> None:
    """Create an account for everyone with an email address.

    The host lead becomes host of the installation; the coordinator may create dialogues.
    """
    staff = sample()["staff"]
    for person in [*sample()["persons"], *staff]:
        email = address(person)
        if email is None:
            continue
        account = Account(
            email=email, email_norm=same_address(email), created_at=at, zone=person.get("tz"), locale="en"
        )
        account.staff_since = at if person in staff else None
        loaded.accounts[person["id"]] = add(account)
    for name, role in (("st-host", InstallationRole.HOST), ("st-coord", InstallationRole.OPENER)):
        db.session.add(InstallationRoleHeld(account_id=loaded.accounts[name], role=role))


def load_parties(loaded: SampleIds, code: str, wanted: set[str]) -> None:
    for party in sample()["parties"]:
        if party["code"] not in wanted:
            continue
        facts = {key: party[key] for key in ("code", "names", "city")}
        row = Party(dialogue_id=loaded.dialogues[code], kind=_KINDS[party["status_note"]], **facts)
        loaded.parties[code, party["code"]] = add(row)


def load_people(loaded: SampleIds, code: str, ids: set[str]) -> None:
    """Create the persons of one dialogue, staff included, and their institutions."""
    everyone = [person for person in [*sample()["persons"], *sample()["staff"]] if person["id"] in ids]
    institutions = _load_institutions(loaded, code, {person["inst"] for person in everyone if "inst" in person})
    for person in everyone:
        email = address(person)
        row = Person(
            dialogue_id=loaded.dialogues[code],
            account_id=loaded.accounts.get(person["id"]),
            email=email,
            email_norm=email and same_address(email),
            institution_id=institutions.get(person.get("inst")),
            **_name(person),
            zone=person.get("tz"),
            languages=person.get("langs", []),
        )
        loaded.people[code, person["id"]] = add(row)
    for person in everyone:
        if "registered_by" in person and (code, person["registered_by"]) in loaded.people:
            row = db.session.get_one(Person, loaded.people[code, person["id"]])
            row.registered_by = loaded.people[code, person["registered_by"]]


def _name(person: dict[str, Any]) -> dict[str, Any]:
    family, given = person.get("family", ""), person.get("given", "")
    return {
        "name": person["name"],
        "native": person.get("native", ""),
        "family": family,
        "given": given,
        "name_order": _ORDERS[person.get("order", "gf")],
        "sort_key": family or given or person["name"].split()[-1].title(),
        "gender": Gender(person.get("g", "undisclosed")),
        "aliases": person.get("aliases", []),
        "stems": person.get("match_stems", []),
    }


def _load_institutions(loaded: SampleIds, code: str, wanted: set[str]) -> dict[str | None, UUID]:
    ids: dict[str | None, UUID] = {}
    for institution in sample()["institutions"]:
        if institution["id"] not in wanted:
            continue
        row = Institution(
            dialogue_id=loaded.dialogues[code],
            party_id=loaded.parties.get((code, institution["party"])),
            name=institution["name"],
            acronym=institution["acronym"],
        )
        ids[institution["id"]] = add(row)
    return ids
