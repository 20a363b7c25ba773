"""Which sections stand together on a page; none is ever lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.report.document import Document, Section
from pytest_alienbio.report.html.parts import ORDER, OWN, parts_of, sections_of

KEYS = st.lists(
    st.one_of(
        st.sampled_from([*(kind for _, kinds in ORDER.values() for kind in kinds), "end", "gate[x]", "compare[runs]", *OWN]),
        st.text(max_size=6),
    ),
    unique=True,
)


@given(KEYS)
def test_every_section_is_in_one_part_and_every_part_has_an_address_of_its_own(keys: list[str]) -> None:
    document = Document("t", tuple(Section(key) for key in keys))
    parts = parts_of(document)
    assert sorted(section.key for section in sections_of(parts)) == sorted(keys)
    addresses = [part.key for part in parts]
    assert len(set(addresses)) == len(addresses)
    assert not set(addresses) & set(OWN)
    assert all(address.isascii() and address.replace("-", "a").isalnum() for address in addresses)


def test_known_sections_stand_where_people_look_and_strangers_at_the_end_under_their_own_heading() -> None:
    keys = ["end", "stranger", "cost", "gate[score]", "leaderboard", "summary", "gates"]
    parts = parts_of(Document("t", tuple(Section(key, key) for key in keys)))
    assert [(part.key, [section.key for section in part.sections]) for part in parts] == [
        ("overview", ["leaderboard", "gates", "end"]),
        ("scenarios", ["summary"]),
        ("gates", ["gate[score]"]),
        ("cost", ["cost"]),
        ("stranger", ["stranger"]),
    ]
    # A history has no overview: its notes are no page of their own.
    history = parts_of(Document("t", tuple(Section(key, key) for key in ["history", "runs", "end"])))
    assert [(part.key, [section.key for section in part.sections]) for part in history] == [
        ("history", ["history", "end"]),
        ("runs", ["runs"]),
    ]
    assert [part.key for part in parts_of(Document("t", (Section("end"),)))] == ["overview"]
    # Without a leaderboard the summary says who is best.
    alone = parts_of(Document("t", tuple(Section(key, key) for key in ["summary", "breakdown", "metrics"])))
    assert [(part.key, [section.key for section in part.sections]) for part in alone] == [
        ("overview", ["summary", "metrics"]),
        ("scores", ["breakdown"]),
    ]
    assert parts[-1].heading == "Stranger"
