"""The conversation of a cell, and what falls out of it when it becomes too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...model import Json, Message
from ...model.call_record import message_of
from ...model.conversation import message_as_json

LEFT_OUT = "\n\n[{} earlier turns are left out here.]"


class Conversation:
    """The first turn, and then groups: what the model said, and what it was answered. Groups fall out whole, oldest first.

    They fall out several at once, so that what is sent begins the same for many turns: providers keep such a beginning in
    their cache. The first turn never falls out, nor does the last group.
    """

    __slots__ = ("_dropped", "_first", "_groups")

    def __init__(self, first: str) -> None:
        self._first = first
        self._groups: list[tuple[Message, ...]] = []
        self._dropped = 0

    def add(self, *group: Message) -> None:
        """What the model said, then what it was answered."""
        self._groups.append(group)

    @property
    def kept(self) -> int:
        """Groups that are still there."""
        return len(self._groups) - self._dropped

    def drop_to(self, kept: int) -> None:
        """Leaves at most so many groups, and at least one."""
        self._dropped = max(self._dropped, len(self._groups) - max(1, kept)) if self._groups else 0

    def messages(self) -> tuple[Message, ...]:
        """As a request has them."""
        note = LEFT_OUT.format(self._dropped) if self._dropped else ""
        first = Message("user", self._first + note)
        return (first, *(message for group in self._groups[self._dropped :] for message in group))

    def as_json(self) -> dict[str, Json]:
        """For a checkpoint."""
        groups: list[Json] = [[message_as_json(message) for message in group] for group in self._groups]
        return {"first": self._first, "groups": groups, "dropped": self._dropped}

    @classmethod
    def of(cls, value: Json) -> Conversation:
        """From a checkpoint. Raises `ValueError`."""
        if not isinstance(value, Mapping) or not isinstance(value.get("first"), str):
            raise ValueError("the checkpoint holds no conversation")
        found = cls(str(value["first"]))
        groups, dropped = value.get("groups"), value.get("dropped")
        if not isinstance(groups, Sequence) or not isinstance(dropped, int) or isinstance(groups, str):
            raise ValueError("the checkpoint's conversation is damaged")
        for group in groups:
            if not isinstance(group, Sequence) or isinstance(group, str):
                raise ValueError("the checkpoint's conversation is damaged")
            found.add(*map(message_of, group))
        found._dropped = dropped
        return found
