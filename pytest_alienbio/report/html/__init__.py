"""Pages for a browser: one file each, that opens from a disk and asks no network for anything."""
