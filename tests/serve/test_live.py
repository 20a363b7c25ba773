"""The page of one run: it says what `bio watch` says, whatever becomes of the run."""

from __future__ import annotations

import json
import re
import shutil

from pytest_alienbio.model import Outcome
from pytest_alienbio.report.watching import watch_document
from pytest_alienbio.run.watching import Watching
from pytest_alienbio.serve.live import live_site
from pytest_alienbio.serve.shell import own, page
from pytest_alienbio.store import Journal
from pytest_alienbio.store.holding import Hold

from ..run.parts import Lab
from ..store.samples import a_result
from .conftest import Serving

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b[31m\u202e"


def test_what_a_page_asks_for_is_the_run_as_it_is_now(serving: Serving, lab: Lab) -> None:
    watching = Watching(lab.dat_path)
    client = serving(live_site(watching))
    with Hold(lab.dat_path):
        first = client.get("now.json").json
        assert (first["done"], first["of"], first["over"], first["life"]) == (0, 6, False, "running")
        lab.play()
    client = serving(live_site(Watching(lab.dat_path)))
    now = client.get("now.json").json
    assert (now["done"], now["over"], now["life"]) == (6, True, "died")
    shown = {section["key"]: section for section in now["document"]["sections"]}
    assert list(shown) == [section.key for section in watch_document(watching.look()).sections]
    [table] = [block for block in shown["leaderboard"]["blocks"] if block["kind"] == "table"]
    assert [row[1]["text"] for row in table["rows"]] == ["right", "half", "crash"]
    assert shown["errors"]["alarm"] is True
    shutil.rmtree(lab.dat_path)
    client = serving(live_site(watching))
    assert client.get("now.json").json["life"] == "gone"


def test_the_page_holds_what_there_is_for_those_without_scripts(serving: Serving, lab: Lab) -> None:
    lab.play()
    got = serving(live_site(Watching(lab.dat_path))).get()
    assert "--bio-resume" in got.text or "resume=" in got.text
    body = got.text.partition("<main")[2].partition("</main>")[0]
    assert "Leaderboard so far" in body
    assert all(agent in body for agent in ("right", "half", "crash"))


def test_scripts_run_by_their_hash_alone_and_data_ends_none(serving: Serving, lab: Lab) -> None:
    """Whatever a cell, a worker, an agent or an error is called."""
    journal = Journal(lab.dat_path, "r1", "w")
    journal.append(a_result(agent=HOSTILE).with_(id=HOSTILE, scenario=HOSTILE, worker=HOSTILE, reason=HOSTILE))
    broken = a_result(1, agent=HOSTILE, outcome=Outcome.AGENT_ERROR)
    broken = broken.with_(reason=HOSTILE, id=HOSTILE + "2", worker=HOSTILE)
    journal.append(broken)
    journal.close()
    got = serving(live_site(Watching(lab.dat_path))).get()
    scripts = re.findall(r"<script>(.*?)</script>", got.text, re.DOTALL)
    data = re.findall(r'<script type="application/json" id="data">(.*?)</script>', got.text, re.DOTALL)
    assert len(scripts) == 2
    assert scripts[1] == own("live.js").text
    assert len(data) == 1
    assert got.text.count("<script") == len(scripts) + len(data) + "".join(scripts).count("<script")
    assert json.loads(data[0])["document"]["title"]
    assert "<img" not in got.text
    assert "alert(1)" not in "".join(scripts)
    assert "\x1b" not in got.text
    assert "\u202e" not in got.text
    policy = got.headers["Content-Security-Policy"]
    assert policy.count("'sha256-") == len(scripts) + len(re.findall("<style>", got.text))
    assert "connect-src 'self'" in policy
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", got.text.partition("<main")[2].partition("<script")[0])


def test_many_pages_cost_one_look(serving: Serving, lab: Lab) -> None:
    class Counted(Watching):
        looks = 0

        def look(self):  # type: ignore[no-untyped-def]
            self.looks += 1
            return super().look()

    watching = Counted(lab.dat_path)
    client = serving(live_site(watching))
    for _ in range(10):
        assert client.get("now.json").status == 200
    assert watching.looks <= 2


def test_a_page_without_scripts_may_run_none(lab: Lab) -> None:
    answer = page(watch_document(Watching(lab.dat_path).look()))
    assert "script-src 'none'" in answer.policy
    assert b"<script" not in answer.body
