// Two traces of one world side by side: where they part first, what each did, and any step of both whole.
bio.diff = (() => {
  "use strict";
  const el = bio.el;
  const { plain } = bio.traces;
  const WORDS = {
    asked: "its model was asked something else",
    answered: "its model answered something else",
    turn: "what was seen, done, or came of it",
    end: "one went on and the other did not",
  };
  const many = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

  const verdict = (parting, one, other, jump) => {
    const otherWorld = ["scenario", "difficulty", "seed"].some((key) => one[key] !== other[key]);
    const setup = one.setup && other.setup && one.setup !== other.setup;
    const notes = [
      otherWorld ? "These are not of one world: their scenario, difficulty or seed differs." : "",
      setup ? "Their models were told something else with every request: system prompt, tools, params or the model's name." : "",
    ].filter(Boolean);
    const calls = parting?.calls ? ` and ${many(parting.calls, "call")} to a model` : "";
    const same = parting ? (parting.turns || calls ? `The same: ${many(parting.turns, "turn")}${calls}.` : "Nothing is the same at the beginning.") : "They are the same from the first turn to the last.";
    const where = parting && `turn ${parting.turn}${parting.call === null ? "" : `, call ${parting.call}`}: ${WORDS[parting.what]}`;
    return el("div", { class: "parting" }, el("p", {}, same),
      parting ? el("p", { class: "first" }, "First difference: ", el("a", { href: jump }, where), ".") : null,
      notes.map((note) => el("p", { class: "note" }, note)));
  };

  // Every turn that one of them has, a row each.
  const rows = (one, other) => Array.from({ length: Math.max(one.turns.length, other.turns.length) }, (_, at) => [one.turns[at], other.turns[at]]);
  const deed = (turn) => (!turn ? "(nothing)" : turn.does === null ? "nothing any more" : `${plain(turn.does)}${turn.ok ? "" : " (refused)"}`);

  let view = null;
  const show = (at) => {
    const { one, other, chart, slot, links, former, later, status } = view;
    view.at = at;
    const sides = [["A", one], ["B", other]].map(([name, trace]) => el("div", { class: "side" },
      el("p", { class: `side-name ${name === "A" ? "one" : "two"}` }, `${name} ${trace.cell}`),
      trace.turns[at] ? bio.trace.detail(trace, at, { oracle: false }) : el("p", { class: "about" }, `It ended after turn ${trace.turns.length}.`)));
    slot.replaceChildren(...sides);
    chart?.move((one.turns[at] ?? other.turns[at]).step);
    former.disabled = at === 0;
    later.disabled = at === links.length - 1;
    status.textContent = `Turn ${at + 1} of ${links.length}`;
    links.forEach((link, number) => {
      if (number === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    const list = view.list;
    const [box, line] = [list.getBoundingClientRect(), links[at].getBoundingClientRect()];
    if (line.top < box.top || line.bottom > box.bottom) list.scrollTop += line.top - box.top - box.height / 3;
    if (list.contains(document.activeElement)) links[at].focus({ preventScroll: true });
  };
  const to = (at) => bio.link({ ...view.query, turn: at + 1 });
  const go = (at) => {
    const next = Math.max(0, Math.min(view.links.length - 1, at));
    if (next === view.at) return;
    history.replaceState(null, "", to(next));
    show(next);
  };
  bio.trace.keys("diff", (by) => view?.links && go(by === Infinity ? view.links.length - 1 : by === -Infinity ? 0 : view.at + by));

  const build = (part, query, one, other) => {
    const parting = bio.traces.parting(one, other);
    const pairs = rows(one, other);
    const first = parting ? Math.min(parting.turn, pairs.length) - 1 : 0;
    view = { one, other, query, first, at: -1 };
    const links = [];
    const lines = pairs.map(([a, b], at) => {
      const [mine, yours] = [deed(a), deed(b)];
      const link = el("a", { href: to(at) },
        el("span", { class: "at" }, String((a ?? b).step)), el("span", { class: a?.ok === false ? "what refused" : "what" }, mine),
        el("span", { class: `what ${mine === yours ? "label" : b?.ok === false ? "refused" : ""}` }, mine === yours ? "the same" : yours));
      links.push(link);
      const parts = parting && at === first;
      return el("li", { class: parts ? "parts-here" : at > first && parting ? "after" : null }, parts ? el("span", { class: "quiet" }, "first difference: ") : null, link);
    });
    const list = el("ol", { class: "steps-list two-sided", "aria-label": "What both did, turn by turn" }, lines);
    const chart = bio.traceChart.both(one, other, (at) => go(bio.trace.place(one.turns.length >= other.turns.length ? one : other, { step: String(at) })));
    const slot = el("div", { class: "sides" });
    const status = el("p", { class: "quiet", role: "status" });
    const former = el("button", { type: "button", class: "quietly", onclick: () => go(view.at - 1) }, "Former turn");
    const later = el("button", { type: "button", class: "quietly", onclick: () => go(view.at + 1) }, "Next turn");
    const jump = parting ? el("button", { type: "button", class: "quietly", onclick: () => go(first) }, "First difference") : null;
    Object.assign(view, { chart, slot, status, former, later, list, links });
    const back = ({ cell, run }) => el("a", { href: bio.link({ page: "trace", cell, run }) }, cell);
    const heads = [["A", one, query.run], ["B", other, query.with_run || query.run]].map(([name, trace, run]) => el("div", { class: "side" },
      el("p", { class: `side-name ${name === "A" ? "one" : "two"}` }, `${name} `, back({ cell: trace.cell, run })),
      el("p", { class: "ended" }, el("span", { class: trace.scored ? "outcome" : "outcome lost" }, trace.outcome), trace.score_text ? el("span", { class: "score" }, trace.score_text) : null),
      bio.trace.failure(trace)));
    const body = pairs.length ? [
      verdict(parting, one, other, parting ? to(first) : "#"),
      chart?.node,
      el("div", { class: "heads" }, el("span", { class: "at label" }, "step"), el("span", { class: "label" }, "A"), el("span", { class: "label" }, "B")),
      list,
      el("p", { class: "step-nav" }, former, later, jump, el("span", { class: "label" }, "or the keys ", el("kbd", {}, "k"), " ", el("kbd", {}, "j"))),
      status, slot,
    ] : [el("p", { class: "about" }, "Nothing was done in either.")];
    part.replaceChildren(el("div", { class: "sides" }, heads), ...body.filter(Boolean));
  };

  let asked = 0;
  bio.onroute(async ({ page, cell = "", run = "", with: other = "", with_run = "", turn = "", step = "" }) => {
    const part = document.querySelector("#diff > .view");
    if (page !== "diff" || !part) return;
    const mine = ++asked;
    const key = JSON.stringify([cell, run, other, with_run]);
    if (view?.key !== key) {
      const found = await Promise.all([bio.traces.find({ cell, run }), bio.traces.find({ cell: other, run: with_run || run })]);
      if (mine !== asked) return;
      const absent = found.findIndex(({ trace }) => !trace);
      if (absent >= 0) {
        part.replaceChildren(bio.trace.nowhere(found[absent], absent ? other : cell));
        view = {};
      } else build(part, { page: "diff", cell, run, with: other, with_run }, found[0].trace, found[1].trace);
      view.key = key;
    }
    if (!view.links?.length) return;
    const wanted = turn !== "" ? Number(turn) - 1 : step !== "" ? bio.trace.place(view.one, { step }) : view.first;
    show(Math.max(0, Math.min(view.links.length - 1, Number.isInteger(wanted) ? wanted : view.first)));
  });

  return { deed };
})();
