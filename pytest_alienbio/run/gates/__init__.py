"""Is it worse: a run's gates, their baselines, and what is played for them."""
