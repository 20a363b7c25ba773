"""The tables of the index. A file with any other is made anew, so there is nothing to migrate."""

from __future__ import annotations

import sqlite3

VERSION = 3
"""Raised with every change of the tables, or of what is put into them."""
APPLICATION = 0x62696F31

SPAN = 32
"""A record's number is its DAT's number shifted left by these bits, plus its place in the DAT."""
MASK = (1 << SPAN) - 1

TABLES = (
    """CREATE TABLE dat (
        no INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, inside INTEGER NOT NULL, made INTEGER NOT NULL, stamp TEXT NOT NULL,
        spec TEXT NOT NULL, log TEXT NOT NULL, next INTEGER NOT NULL, battery TEXT NOT NULL, source TEXT, "commit" TEXT NOT NULL
    )""",
    """CREATE TABLE file (
        dat INTEGER NOT NULL, no INTEGER NOT NULL, name TEXT NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
        time INTEGER NOT NULL, done INTEGER NOT NULL, lines INTEGER NOT NULL, ending INTEGER NOT NULL, loose INTEGER NOT NULL,
        PRIMARY KEY (dat, no)
    ) WITHOUT ROWID""",
    "CREATE TABLE trouble (dat INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL)",
    "CREATE INDEX trouble_of ON trouble (dat, file, line)",
    "CREATE TABLE mark (dat INTEGER NOT NULL, cell TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL)",
    "CREATE INDEX mark_of ON mark (dat)",
    "CREATE TABLE name (no INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text))",
    "CREATE TABLE present (name INTEGER NOT NULL, dat INTEGER NOT NULL, PRIMARY KEY (name, dat)) WITHOUT ROWID",
    """CREATE TABLE record (
        no INTEGER PRIMARY KEY, counts INTEGER NOT NULL, scenario INTEGER NOT NULL, agent INTEGER NOT NULL,
        battery INTEGER NOT NULL, outcome INTEGER NOT NULL, score REAL, difficulty, seed NOT NULL, passed INTEGER,
        tags INTEGER NOT NULL, params INTEGER NOT NULL, ended REAL, cell INTEGER NOT NULL, rank INTEGER NOT NULL,
        role INTEGER NOT NULL, variant NOT NULL, attempt NOT NULL, better INTEGER NOT NULL, scenario_hash INTEGER NOT NULL,
        agent_hash INTEGER NOT NULL, run INTEGER NOT NULL, worker INTEGER NOT NULL, error INTEGER NOT NULL,
        imported INTEGER NOT NULL, bar REAL, tokens, usd REAL, requests, started REAL, duration REAL, steps, cost REAL,
        retries, input, cached, cache_written, output, reasoning, latency REAL, model INTEGER NOT NULL,
        task INTEGER NOT NULL, traced INTEGER NOT NULL, file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL
    )""",
    "CREATE INDEX twin ON record (cell, counts, rank)",
    """CREATE TABLE detail (
        no INTEGER PRIMARY KEY, key NOT NULL, id TEXT NOT NULL, reason TEXT, origin TEXT, scores TEXT, metrics TEXT,
        properties TEXT
    )""",
    "CREATE TABLE answer (no INTEGER PRIMARY KEY, question TEXT NOT NULL UNIQUE, state TEXT NOT NULL, text TEXT NOT NULL)",
)
"""`dat.path`: relative to the data root, absolute for DATs elsewhere. `dat.stamp`: names, sizes and times of its files; '' if
it must be read again. `dat.source`: NULL if its spec could not be read. `file.done`: bytes that were read, all whole lines;
`file.ending`: a hash of the last of these bytes. `mark`: tags and notes, with the cell's id if they are about one; those of
kind `declared` are a battery's. `trouble`: what could not be read; `file` is a number of `file`, or one of those below.
`record.counts`: of the
attempts at one cell in one DAT, 1 the one that counts, 0 another one, -1 a line that a later one of its attempt replaced;
`record.cell`: 8 bytes of a hash of key and id (of a million cells two have the same once in 37 million indexes);
`record.rank`: of the records of one cell the highest is the latest scored one, else the latest. `name`: every text that many
records share; `present`: which of them occur in which DAT."""

EMPTY = "it is empty"
"""The fault of a file that another process has just made, or was killed while making."""

SPEC_FILE, LOG_FILE, FOLDER = -1, -2, -3
"""What `trouble.file` says where it is no journal."""


def make(connection: sqlite3.Connection) -> None:
    """Makes the tables in an empty database."""
    for statement in TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def fault(connection: sqlite3.Connection) -> str:
    """Why the tables are not these; '' if they are. Raises `sqlite3.DatabaseError` for what is no database."""
    ((application,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if application != APPLICATION:
        return "it is no index" if found else EMPTY
    if version != VERSION:
        return f"it is of version {version}, and this is {VERSION}"
    return "" if found == set(TABLES) else "its tables are others"
