"""What needs me today, and what is held about me."""
