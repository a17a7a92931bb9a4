"""Changes of dialogues, meetings and roles; each function is one transaction."""
