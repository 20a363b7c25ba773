"""What the runs of a session may take."""
