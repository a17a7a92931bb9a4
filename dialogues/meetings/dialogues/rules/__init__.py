"""Words and decisions about dialogues, meetings, parties and roles."""
