"""Pages about who takes part: the list, the office's work on it, the way of the invited."""

from dialogues.participants.views import (
    answers,
    changes,
    correcting,
    exchange,
    exporting,
    for_others,
    inviting,
    listing,
    many,
    messages,
    nominating,
    own,
    personal_link,
    questions,
    sealed,
    speaking,
)
from dialogues.participants.views.house import blueprint

__all__ = [
    "answers",
    "blueprint",
    "changes",
    "correcting",
    "exchange",
    "exporting",
    "for_others",
    "inviting",
    "listing",
    "many",
    "messages",
    "nominating",
    "own",
    "personal_link",
    "questions",
    "sealed",
    "speaking",
]
