"""Reads for the pages of one's own, across all the dialogues an account belongs to."""

from dialogues.home.queries.ahead import tasks_ahead
from dialogues.home.queries.held import Held, held_about, log_about, shown_to_self
from dialogues.home.queries.today import Today, TodaySession, today

__all__ = ["Held", "Today", "TodaySession", "held_about", "log_about", "shown_to_self", "tasks_ahead", "today"]
