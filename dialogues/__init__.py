"""A service for people who run Track II dialogues, in which nobody learns what they were not meant to know."""
