"""What a task's trial is, and how one is run: in a process of its own, or here."""
