"""Pure rules about participations."""
