"""Event handlers of registrations."""

from collections.abc import Sequence

from sqlalchemy import update

from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.events import RulesChanged
from dialogues.people.participants.models import Participation


def ask_rules_again(events: Sequence[RulesChanged]) -> None:
    """Resets the acceptance of everyone who accepted the former rules."""
    accepted = update(Participation).where(
        Participation.meeting_id.in_([event.about for event in events]), Participation.rules_accepted_at.is_not(None)
    )
    db.session.execute(accepted.values(rules_accepted_at=None, version=Participation.version + 1))
