"""The stand-in for a language model in a battery."""

from __future__ import annotations

from pytest_alienbio.model import Outcome

from .conftest import Lab

BATTERY = """\
experiment.a:
  scenarios: [walks/plain]
  agents:
    - {name: simulated-llm, as: shaky, params: {rate_429: 0.06, rate_timeout: 0.02}}
    - {name: simulated-llm, as: patient, params: {rate_429: 0.06, rate_timeout: 0.02, retries: 9}}
    - {name: simulated-llm, as: calm}
  seeds: 6
  cells: record
"""


def test_outages_are_no_scores_and_what_was_used_is_kept(lab: Lab, mode: str) -> None:
    """The same cells fail in every mode, by their own dice; who retries plays what who is spared plays, for more requests."""
    lab.battery(BATTERY)
    lab.run(mode)
    results = lab.results()

    def of(agent: str) -> list[tuple[Outcome, float | None, int | None]]:
        cells = [results[f"walks/plain[{agent}-s{seed}]"] for seed in range(6)]
        assert all(cell.usd is not None and cell.tokens is not None for cell in cells)
        return [(cell.outcome, cell.score, cell.usage.requests) for cell in cells]

    failed = [seed for seed, (outcome, _, _) in enumerate(of("shaky")) if outcome is Outcome.PROVIDER_ERROR]
    assert failed == [0, 2, 3, 4]
    assert all(of("shaky")[seed][1] is None for seed in failed)
    assert [each[:2] for each in of("patient")] == [each[:2] for each in of("calm")]
    assert [requests for _, _, requests in of("calm")] == [10] * 6
    assert sum(requests or 0 for _, _, requests in of("patient")) > 60
