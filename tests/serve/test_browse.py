"""All runs: each page says what its command says, runs are known by made names alone, and damage is a page, too."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from pytest_alienbio.run.pages import page_with
from pytest_alienbio.run.reporting import report_on
from pytest_alienbio.serve.browse import Browse, name_of
from pytest_alienbio.store.holding import Hold

from ..journeys.faults.mounting import can_forbid_writing, read_only
from ..run.parts import Lab, make_plan
from .conftest import Client, Serving
from .test_live import HOSTILE


@pytest.fixture
def labs(tmp_path: Path) -> list[Lab]:
    """Two closed runs of one battery."""
    made = [Lab(tmp_path, make_plan(agents=("right", "half", "crash"), seeds=(0, 1, 2))) for _ in range(2)]
    for lab in made:
        lab.play()
        lab.close()
    return made


@pytest.fixture
def client(serving: Serving, labs: list[Lab]) -> Client:
    """Of the site over both."""
    return serving(Browse(labs[0].dat_path.parents[2]))


def hrefs(text: str) -> list[str]:
    """Where a page leads."""
    return [href.replace("&amp;", "&") for href in re.findall(r'href="([^"#]+)"', text) if href != "data:,"]


def test_every_page_can_be_come_to_from_the_list_and_leads_back(client: Client) -> None:
    """Links are followed as a browser does, below the token, until there is nothing new: none leads to nothing."""
    from urllib.parse import urljoin

    base = f"/{client.server.token}/"
    seen, todo = set[str](), [base]
    while todo:
        target = todo.pop()
        if target in seen or len(seen) > 40:
            continue
        seen.add(target)
        got = client.raw(target)
        assert got.status == 200, (target, got.text[:300])
        todo += [urljoin(target, href) for href in hrefs(got.text.partition("<body")[2].partition("<script")[0])]
    kinds = {re.sub(r"[0-9a-f]{20}", "ID", target.removeprefix(base).partition("?")[0]) for target in seen}
    assert kinds == {"", "run/ID/", "run/ID/report/", "run/ID/cells/", "run/ID/cell/", "history/"}


def test_the_list_has_every_run_with_how_it_ended(client: Client, labs: list[Lab]) -> None:
    lab = Lab(labs[0].dat_path.parents[3], make_plan())
    with Hold(lab.dat_path):
        text = client.get().text
        assert re.findall(r">(running|failed|died)<", text) == ["running", "failed", "failed"]
    assert re.findall(r">(running|failed|died)<", client.get().text)[0] == "died"
    assert "3 runs below" in client.get().text


def test_a_report_is_the_one_of_bio_report(client: Client, labs: list[Lab]) -> None:
    """Made when it is asked for, with the policy it has itself; made anew once the run has changed."""
    path = labs[0].dat_path
    got = client.get(f"run/{name_of(path)}/report/")
    assert got.status == 200
    own = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', got.text)
    assert own
    assert got.headers["Content-Security-Policy"] == own[1].replace("&#39;", "'") + "; frame-ancestors 'none'"
    from pytest_alienbio.model import Query
    from pytest_alienbio.store.index import Index

    with Index.open(path.parents[2]) as index:
        index.refresh([path])
        document = report_on(index, Query(dats=(str(path),)), [path])
    for row in document["leaderboard"].rows("standings"):
        assert str(row["agent"]) in got.text
    assert '<nav class="ways"' in got.text, "it leads back to the other pages"
    assert '<nav class="ways"' not in page_with(document).html, "a file leads nowhere"
    assert client.get(f"run/{name_of(path)}/report/").body == got.body, "kept"
    with (path / "log.jsonl").open("a") as log:
        log.write('{"v": 1, "event": "noted", "text": "x"}\n')
    assert client.get(f"run/{name_of(path)}/report/").status == 200


def test_two_runs_are_compared_and_one_that_is_none_is_not(client: Client, labs: list[Lab]) -> None:
    one, other = (name_of(lab.dat_path) for lab in labs)
    got = client.get(f"compare/?a={one}&b={other}")
    assert (got.status, "against" in got.text) == (200, True)
    assert client.get(f"compare/?a={one}&b=nobody").status == client.get("compare/").status == 404


def test_a_cell_is_shown_step_by_step_by_its_id_alone(client: Client, labs: list[Lab]) -> None:
    base = f"run/{name_of(labs[0].dat_path)}"
    got = client.get(f"{base}/cell/?id=walks%2Fplain%5Bright-s0%5D")
    assert (got.status, "step 0" in got.text) == (200, True)
    assert client.get(f"{base}/cell/?id=..%2F..%2Fetc").status == 404
    some = client.get(f"{base}/cells/?q=HALF+s1&outcome=completed").text
    assert re.findall(r"walks/plain\[\w+-s\d\]", some.partition("<tbody")[2]) == ["walks/plain[half-s1]"]
    assert "no cell is recorded that fits" in client.get(f"{base}/cells/?q=zzz").text


def test_a_cell_leads_to_its_trace_in_the_report_if_it_has_one(client: Client, labs: list[Lab]) -> None:
    base = f"run/{name_of(labs[0].dat_path)}"
    got = client.get(f"{base}/cell/?id=walks%2Fplain%5Bright-s0%5D")
    assert 'href="../report/#trace?cell=walks%2Fplain%5Bright-s0%5D"' in got.text
    shutil.rmtree(labs[1].dat_path / "traces")
    got = client.get(f"run/{name_of(labs[1].dat_path)}/cell/?id=walks%2Fplain%5Bright-s0%5D")
    assert "#trace" not in got.text


def test_a_history_is_of_the_metric_that_is_chosen(client: Client) -> None:
    """Those that the battery's records have are offered, and the one that is shown stands in the form."""
    text = client.get("history/?battery=b").text
    assert '<option value="score" selected>' in text
    assert '<option value="scores.place">' in text
    text = client.get("history/?battery=b&metric=steps&better=lower").text
    assert '<option value="steps" selected>' in text
    assert "b: steps over 2 runs; lower is better" in text
    got = client.get("history/?battery=b&metric=%3Cb%3E")
    assert (got.status, "no record has a field &#x27;&lt;b&gt;" in got.text) == (422, True)


@pytest.mark.parametrize(
    "path",
    [
        "run/x/",
        "run//",
        "run/{}/../",
        "run/{}/_spec_.yaml",
        "run/{}/report/traces/../../x.js",
        "run/..%2F..%2F/",
        "data/x",
        "assets/bio.js",
    ],
)
def test_no_path_leads_to_a_file(client: Client, labs: list[Lab], path: str) -> None:
    assert client.get(path.format(name_of(labs[0].dat_path))).status == 404


def test_a_battery_that_is_none_is_said(client: Client) -> None:
    got = client.get("history/?battery=%3Cb%3E")
    assert (got.status, "&lt;b&gt;" in got.text) == (422, True)


@pytest.mark.skipif(not can_forbid_writing(), reason="nothing can be made read-only here")
def test_a_data_root_that_cannot_be_written_is_shown_all_the_same(client: Client, labs: list[Lab]) -> None:
    base = f"run/{name_of(labs[0].dat_path)}"
    with read_only(labs[0].dat_path.parents[2]):
        assert not os.access(labs[0].dat_path, os.W_OK)
        for path in ("", f"{base}/", f"{base}/report/", f"{base}/cells/", "history/?battery=b"):
            assert client.get(path).status == 200, path


@pytest.mark.parametrize("damage", ["spec", "log", "journal", "half", "gone"])
def test_a_damaged_run_takes_no_other_with_it(client: Client, labs: list[Lab], damage: str) -> None:
    path = labs[0].dat_path
    if damage == "spec":
        (path / "_spec_.yaml").write_text(f"v: [{HOSTILE}")
    elif damage == "log":
        (path / "log.jsonl").write_bytes(b"\x00\xff{]\n")
    elif damage == "half":
        shutil.rmtree(path / "cells")
        (path / "results.json").write_bytes(b'{"v":1,"sta')
    elif damage == "journal":
        for journal in (path / "cells").iterdir():
            journal.write_bytes(b"\x00\xff" * 1000)
    else:
        assert client.get(f"run/{name_of(path)}/").status == 200
        shutil.rmtree(path)
    base = f"run/{name_of(path)}"
    for page in ("/", "/now.json", "/cells/", "/report/"):
        got = client.get(base + page)
        assert got.status in ((404,) if damage == "gone" else (200, 422)), (page, got.text)
        assert "broke inside" not in got.text
        assert "<script>alert" not in got.text
    assert client.get().status == client.get(f"run/{name_of(labs[1].dat_path)}/").status == 200
