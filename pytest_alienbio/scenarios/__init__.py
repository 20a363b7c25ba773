"""A world with a question: scenarios, their environments, scoring and generation."""
