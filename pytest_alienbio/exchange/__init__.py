"""Results in other people's files: out and in. Reads and writes nothing but what it is handed."""
