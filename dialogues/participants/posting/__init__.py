"""What is written about taking part, inside a transaction that is open already."""

from dialogues.participants.posting.invitations import begin_part, change_role, end_part, invite
from dialogues.participants.posting.letters_owed import letter_about, mint_personal_link, owe_invitation, owe_news
from dialogues.participants.posting.lists import is_open, lodge_list, note_change, open_lists, refuse_to_empty
from dialogues.participants.posting.seats import (
    fill_seats,
    hand_over_place,
    has_lodged,
    leave_place,
    may_have_capacity,
    seated,
    take_place,
)

__all__ = [
    "begin_part",
    "change_role",
    "end_part",
    "fill_seats",
    "hand_over_place",
    "has_lodged",
    "invite",
    "is_open",
    "leave_place",
    "letter_about",
    "lodge_list",
    "may_have_capacity",
    "mint_personal_link",
    "note_change",
    "open_lists",
    "owe_invitation",
    "owe_news",
    "refuse_to_empty",
    "seated",
    "take_place",
]
