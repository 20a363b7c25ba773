"""Going on with a run that is there: resumed, retried, reused."""
