"""Dialogues: a self-hosted service for people who run Track II dialogues."""
