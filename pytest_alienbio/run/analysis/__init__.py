"""What an experiment's trials say, for notebooks: thin views of the results."""
