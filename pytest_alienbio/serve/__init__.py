"""Pages for a browser on this machine: of a run while it is played, and of all runs. Only reading, only with the address."""
