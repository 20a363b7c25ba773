// Two traces of one world side by side: where they part first, what each did, and any step of both whole.
bio.diff = (() => {
  "use strict";
  const el = bio.el;
  const { plain } = bio.traces;
  const { many } = bio.trace;
  const WORDS = {
    asked: "its model was asked something else",
    answered: "its model answered something else",
    turn: "what was seen, done, or came of it",
    end: "one went on and the other did not",
  };

  const verdict = ({ first, turns, calls }, one, other, jump) => {
    const apart = one.world.flatMap(([what, mine], at) => {
      const yours = other.world[at][1];
      return mine === yours || mine === "" || yours === "" ? [] : [what];
    });
    const setup = one.setup && other.setup && one.setup !== other.setup;
    const notes = [
      apart.length ? `These are not of one world: they differ in ${apart.join(", ")}.` : "",
      setup ? "Their models were told something else with every request: system prompt, tools, params or the model's name." : "",
    ].filter(Boolean);
    const told = `${many(turns, "turn")}${calls ? ` and ${many(calls, "call")} to a model` : ""}`;
    const same = turns || calls ? `The same: ${told}.` : first ? "Nothing is the same at the beginning." : "The same: nothing was done in either.";
    const where = first && `turn ${first.turn.toLocaleString("en")}${first.call === null ? "" : `, call ${first.call.toLocaleString("en")}`}: ${WORDS[first.what]}`;
    return el("div", { class: "parting" }, el("p", {}, same),
      first ? el("p", { class: "first" }, "First difference: ", jump ? el("a", { href: jump }, where) : where, ".") : null,
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
    const parts = parting.first !== null && pairs.length > 0;
    const first = parts ? Math.min(parting.first.turn, pairs.length) - 1 : 0;
    view = { one, other, query, first, at: -1 };
    const links = [];
    const lines = pairs.map(([a, b], at) => {
      const [mine, yours] = [deed(a), deed(b)];
      const link = el("a", { href: to(at) },
        el("span", { class: "at" }, String(at + 1)), el("span", { class: a?.ok === false ? "what refused" : "what" }, mine),
        el("span", { class: `what ${mine === yours ? "label" : b?.ok === false ? "refused" : ""}` }, mine === yours ? "the same" : yours));
      links.push(link);
      const here = parts && at === first;
      return el("li", { class: here ? "parts-here" : null }, here ? el("span", { class: "quiet" }, "first difference: ") : null, link);
    });
    const list = el("ol", { class: "steps-list two-sided", "aria-label": "What both did, turn by turn" }, lines);
    const chart = bio.traceChart.both(one, other, (at) => go(bio.trace.place(one.turns.length >= other.turns.length ? one : other, { step: String(at) })));
    const slot = el("div", { class: "sides" });
    const status = el("p", { class: "quiet", role: "status" });
    const former = el("button", { type: "button", class: "quietly", onclick: () => go(view.at - 1) }, "Former turn");
    const later = el("button", { type: "button", class: "quietly", onclick: () => go(view.at + 1) }, "Next turn");
    const jump = parts ? el("button", { type: "button", class: "quietly", onclick: () => go(first) }, "First difference") : null;
    Object.assign(view, { chart, slot, status, former, later, list, links });
    const back = ({ cell, run }) => el("a", { href: bio.link({ page: "trace", cell, run }) }, cell);
    const heads = [["A", one, query.run], ["B", other, query.with_run || query.run]].map(([name, trace, run]) => el("div", { class: "side" },
      el("p", { class: `side-name ${name === "A" ? "one" : "two"}` }, `${name} `, back({ cell: trace.cell, run })),
      bio.trace.ended(trace), bio.trace.recorded(trace), bio.trace.failure(trace), bio.trace.trial(trace)));
    const body = pairs.length ? [
      verdict(parting, one, other, parts ? to(first) : ""),
      chart?.node,
      el("div", { class: "heads" }, el("span", { class: "at label" }, "turn"), el("span", { class: "label" }, "A"), el("span", { class: "label" }, "B")),
      list,
      el("p", { class: "step-nav" }, former, later, jump, el("span", { class: "label" }, "or the keys ", el("kbd", {}, "k"), " ", el("kbd", {}, "j"))),
      status, slot,
    ] : [verdict(parting, one, other, "")];
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
