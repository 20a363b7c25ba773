// One cell, step by step: how it ended, its quantities over time, what was seen, thought, done and true at each step.
bio.trace = (() => {
  "use strict";
  const { text, plain } = bio.traces;
  const el = bio.el;

  const said = (value, kind = "said") => el("pre", { class: kind, tabindex: "0" }, text(value));
  const empty = (value) => value === null || value === undefined || value === "";
  const facts = (rows) => {
    const told = rows.filter(([, value]) => !empty(value));
    return el("dl", { class: "facts" }, told.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value instanceof Node ? value : text(value)))));
  };
  const many = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
  const score = (value) => (typeof value === "number" ? value.toFixed(4) : "-");

  // Where a step is: by its step of time, and by its turn where several turns are at one.
  const address = (query, trace, at) => {
    const { step, turn } = trace.turns[at];
    return bio.link({ ...query, step, turn: firstAt(trace).get(step) === at ? "" : turn });
  };
  const firsts = new WeakMap(); // of a trace where each step comes up first
  const firstAt = (trace) => {
    if (!firsts.has(trace)) firsts.set(trace, new Map(trace.turns.map(({ step }, at) => [step, at]).reverse()));
    return firsts.get(trace);
  };
  const place = ({ turns }, { step = "", turn = "" }) => {
    const by = turn !== "" ? turns.findIndex((each) => String(each.turn) === turn) : turns.findIndex((each) => String(each.step) === step);
    // a step that passed within a longer wait is seen where that began
    return by >= 0 ? by : Math.max(0, turns.findLastIndex((each) => each.step <= Number(step || 0)));
  };

  // How it ended, in a line, and all else that is recorded of it.
  const ended = (trace) =>
    el("p", { class: "ended" },
      el("span", { class: trace.scored ? "outcome" : "outcome lost" }, trace.outcome),
      trace.score_text ? el("span", { class: "score" }, trace.score_text) : null,
      empty(trace.trial) ? el("span", { class: "label" }, many(trace.turns.filter(({ does }) => does !== null).length, "turn")) : null,
      trace.budget ? el("span", { class: "label" }, `${trace.turns.at(-1)?.spent ?? 0} of ${trace.budget} spent`) : null,
      trace.tags.map((tag) => el("span", { class: "tag" }, tag)));
  const recorded = (trace) => el("details", { class: "recorded" }, el("summary", {}, "All that is recorded of it"), facts(trace.facts));
  const head = (trace, level = "h3") => {
    const reason = trace.facts.find(([label]) => label === "reason");
    return el("div", { class: "trace-head" },
      el(level, { class: "cell-name" }, trace.cell),
      ended(trace),
      reason ? el("p", { class: trace.scored ? "about" : "about refused" }, text(reason[1])) : null,
      trace.notes.map((note) => el("p", { class: "note" }, text(note.text), note.author ? ` (${note.author})` : "")),
      recorded(trace));
  };
  const failure = ({ error }) =>
    error && el("section", { class: "went-wrong" }, el("h4", {}, empty(error.message) ? error.type : [`${error.type}: `, text(error.message)]),
      empty(error.traceback) ? null : el("details", {}, el("summary", {}, "Traceback"), said(error.traceback)));

  // What was seen beside what was true, quantity by quantity.
  const levels = (trace, at, oracle) => {
    const turn = trace.turns[at];
    const now = trace.truth[turn.truth]?.[1];
    const after = turn.does === null ? null : trace.truth[turn.truth + 1]?.[1];
    const best = oracle && trace.reference?.truth.find(([step]) => step === turn.step)?.[1];
    if (!turn.seen && !now) return null;
    const columns = [
      ["seen", (q) => (trace.hidden[q] ? "hidden" : turn.seen?.[q]), true],
      ["since before", (q) => turn.moved?.[q] ?? "", at > 0 && turn.moved],
      ["true", (q) => now?.[q], now],
      ["after it", (q) => after?.[q], after],
      ["oracle here", (q) => best?.[q], best],
    ].filter(([, , is]) => is);
    const cell = (head, value, q) => {
      const kind = head === "since before" ? (/^[↑↓]|^(new|gone|now)$/.test(value) ? "much" : "label") : head === "oracle here" || value === "hidden" ? "label" : null;
      return el("td", { class: kind }, value === null || value === undefined ? "-" : String(value));
    };
    return el("div", { class: "table", role: "region", tabindex: "0", "aria-label": `Levels at step ${turn.step}` },
      el("table", { class: "levels" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "left" }, "quantity"), columns.map(([head]) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, trace.quantities.map((name, q) => el("tr", {}, el("th", { scope: "row", class: "left" }, name), columns.map(([head, value]) => cell(head, value(q), q)))))));
  };

  // What a model was sent for a step, and what came back.
  const SPEAKERS = { user: "to it", tool: "the answer of a tool", assistant: "the model itself" };
  const call = (each) => {
    const sent = each.again ? "the same request again" : `${many(each.messages.length, "new message")}${each.old ? ` after ${each.old} of before` : ""}`;
    const attempt = each.attempt > 1 ? `, attempt ${each.attempt}` : "";
    return el("section", { class: "call" },
      el("h5", {}, `Call ${each.call}${attempt}`, el("span", { class: "label" }, ` ${sent}; request ${each.hash}${each.other_setup ? "; system prompt, tools or params are not those of the first call" : ""}`)),
      each.messages.map((message) => el("div", { class: "message" },
        el("p", { class: "label" }, SPEAKERS[message.from] ?? message.from),
        empty(message.text) ? null : said(message.text),
        message.calls.map((one) => said(one, "said deed")))),
      each.fault ? el("p", { class: "refused" }, `failed: ${each.fault.kind}${each.fault.status === null ? "" : ` (${each.fault.status})`}: `, text(each.fault.said)) : null,
      each.came ? el("div", { class: "message came" },
        el("p", { class: "label" }, ["it answered", each.recalled ? "kept from before, nobody was asked" : "", each.came.stop && `stop ${each.came.stop}`, each.came.model, each.came.id].filter(Boolean).join("; ")),
        empty(each.came.text) ? null : said(each.came.text),
        each.came.calls.map((one) => said(one, "said deed"))) : null,
      el("p", { class: "label took" }, each.took));
  };
  const system = ({ system: told }) =>
    told && el("details", { class: "system" }, el("summary", {}, "What its model was told with every request"),
      said(told.text), told.tools.map(([signature, about]) => el("div", { class: "tool" }, el("p", {}, el("code", {}, signature)), el("p", { class: "label" }, text(about)))),
      el("p", { class: "label" }, told.params));

  // One step whole. `oracle`: with what the oracle did there.
  const detail = (trace, at, { oracle = true, level = "h4" } = {}) => {
    const turn = trace.turns[at];
    const best = oracle ? trace.reference?.does.find(([step]) => step === turn.step)?.[1] : null;
    const spent = trace.budget ? `${turn.cost ? `cost ${turn.cost}, ` : ""}${turn.spent} of ${trace.budget} spent, ${turn.left} left` : turn.cost ? `cost ${turn.cost}` : "";
    return el("article", { class: "step-detail", "aria-label": `Step ${turn.step}` },
      el(level, {}, `Step ${turn.step}`, el("span", { class: "label" }, ` turn ${turn.turn} of ${trace.turns.length}`)),
      turn.does === null ? el("p", { class: "refused" }, "Its model was asked, and nothing was done any more.") : el("p", { class: "does" }, el("code", {}, text(turn.does))),
      empty(turn.refused) ? null : el("p", { class: "refused" }, "refused: ", text(turn.refused)),
      facts([
        ["reads", turn.reads],
        ["because", empty(turn.because) ? "" : el("span", { class: "because" }, text(turn.because))],
        ["budget", turn.does === null ? "" : spent],
        ["score so far", turn.so_far === null ? "" : `${score(turn.so_far)}, if nothing more were done`],
        ["the oracle", best ?? ""],
      ]),
      levels(trace, at, oracle),
      turn.calls.map(call));
  };

  // All steps, one line each.
  const list = (trace, query) => {
    const scored = trace.turns.some(({ so_far }) => so_far !== null);
    return el("ol", { class: "steps-list", "aria-label": "Steps" }, trace.turns.map((turn, at) => {
      const failed = turn.calls.filter(({ fault }) => fault).length;
      return el("li", {}, el("a", { href: address(query, trace, at) },
        el("span", { class: "at" }, String(turn.step)),
        el("span", { class: turn.ok ? "what" : "what refused" }, turn.does === null ? "nothing any more" : plain(turn.does), turn.ok ? "" : " (refused)"),
        failed ? el("span", { class: "label failed" }, `${failed} failed`) : null,
        scored ? el("span", { class: "so-far" }, turn.so_far === null ? "" : turn.so_far.toFixed(2)) : null));
    }));
  };

  const KINDS = ["in", "cached", "put into the cache", "out", "reasoning"];
  const requests = (trace, query) => {
    const rows = trace.turns.flatMap((turn, at) => turn.calls.map((each) => ({ turn, at, each })));
    if (!rows.length) return null;
    const told = KINDS.map((_, kind) => rows.some(({ each }) => each.tokens[kind]));
    const came = ({ fault, came: answer }) => (fault ? `${fault.kind}${fault.status === null ? "" : ` (${fault.status})`}` : answer?.calls.map(plain).join("; ") || plain(answer?.text ?? "") || "nothing");
    const heads = ["call", "step", "attempt", ...KINDS.filter((_, kind) => told[kind]), "usd", "s"];
    return el("section", { class: "requests" }, el("h4", {}, "Requests"), el("p", { class: "about" }, trace.requests),
      el("div", { class: "table", role: "region", tabindex: "0", "aria-label": "Requests" }, el("table", {},
        el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, name)), el("th", { scope: "col", class: "left" }, "what came back"))),
        el("tbody", {}, rows.map(({ turn, at, each }) => el("tr", {},
          el("th", { scope: "row" }, el("a", { href: address(query, trace, at) }, String(each.call))),
          [turn.step, each.attempt, ...each.tokens.filter((_, kind) => told[kind]).map((n) => (n === null ? "-" : n.toLocaleString("en"))), each.usd ?? "-", each.seconds.toFixed(2)].map((value) => el("td", {}, String(value))),
          el("td", { class: each.fault ? "left refused came-back" : "left came-back" }, came(each))))))));
  };

  // A line to copy, with the button that the page's other lines have.
  const command = (line) => {
    const made = el("p", { class: "copy" }, el("code", {}, line));
    bio.page?.copier(made);
    return made;
  };
  const nowhere = ({ why, row = [], command: line }, cell) =>
    el("div", { class: "not-here" }, el("h3", { class: "cell-name" }, cell), el("p", {}, why), facts(row),
      el("p", {}, row.length ? "All that is recorded of it, in a terminal:" : "In a terminal:"), command(line));

  const trial = (trace) => (empty(trace.trial) ? null : el("section", { class: "trial" }, el("h4", {}, "Its trial"), said(trace.trial)));

  // A choice of other traces of the same world.
  const beside = (trace, run, others, onchoose) => {
    if (!others.length) return null;
    const named = ({ cell, run: where }) => (where === run ? cell : `${cell} of ${where}`);
    const select = el("select", { onchange: () => select.value && onchoose(others[Number(select.value)]) },
      el("option", { value: "" }, "another cell of this world"), others.map((other, at) => el("option", { value: at }, named(other))));
    return el("label", { class: "beside" }, "Beside ", select);
  };

  // Keys: to the next and the former step, wherever one looks, but not where something is typed or chosen.
  const steps = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 };
  const keys = (page, move) =>
    document.addEventListener("keydown", (event) => {
      const { target } = event;
      if (bio.here().page !== page || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (target.closest?.("input, select, textarea, summary, [contenteditable]")) return;
      const inList = target.closest?.(".steps-list");
      if (target.closest?.(".table, pre") && event.key.startsWith("Arrow")) return; // they scroll
      const by = steps[event.key] ?? (inList ? { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key] : undefined);
      if (by === undefined) return;
      event.preventDefault();
      move(by);
    });

  let view = null; // what is shown: {key, trace, query, chart, list, slot, at}
  const step = (at) => {
    const { trace, query, chart, slot, status, former, later } = view;
    view.at = at;
    const turn = trace.turns[at];
    slot.replaceChildren(detail(trace, at));
    chart?.move(turn.step);
    former.disabled = at === 0;
    later.disabled = at === trace.turns.length - 1;
    status.textContent = `Step ${turn.step}, turn ${turn.turn} of ${trace.turns.length}`;
    [...view.list.querySelectorAll("a")].forEach((link, number) => {
      if (number === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    const current = view.list.children[at];
    const [box, line] = [view.list.getBoundingClientRect(), current.getBoundingClientRect()];
    if (line.top < box.top || line.bottom > box.bottom) view.list.scrollTop += line.top - box.top - box.height / 2;
    if (view.list.contains(document.activeElement)) current.firstChild.focus({ preventScroll: true });
    return address(query, trace, at);
  };
  const go = (at) => {
    const to = Math.max(0, Math.min(view.trace.turns.length - 1, at));
    if (to !== view.at) history.replaceState(null, "", step(to));
  };
  keys("trace", (by) => view?.list && go(by === Infinity ? view.trace.turns.length - 1 : by === -Infinity ? 0 : view.at + by));

  const build = (part, trace, run, others) => {
    const query = { page: "trace", cell: trace.cell, run };
    const below = [failure(trace), trial(trace)];
    const back = el("p", { class: "trace-links" }, el("a", { href: "#cells" }, "All cells"),
      beside(trace, run, others, (other) => (location.hash = bio.link({ page: "diff", cell: trace.cell, run, with: other.cell, with_run: other.run === run ? "" : other.run }))));
    view = { trace, query, at: -1 };
    if (!trace.turns.length) {
      part.replaceChildren(back, head(trace), trace.why ? el("p", { class: "about" }, trace.why) : "", ...below.filter(Boolean));
      return;
    }
    const chart = bio.traceChart.of(trace, (at) => go(place(trace, { step: String(at) })));
    const slot = el("div", { class: "step-slot" });
    const status = el("p", { class: "quiet", role: "status" });
    const former = el("button", { type: "button", class: "quietly", onclick: () => go(view.at - 1) }, "Former step");
    const later = el("button", { type: "button", class: "quietly", onclick: () => go(view.at + 1) }, "Next step");
    const listed = list(trace, query);
    const nav = el("p", { class: "step-nav" }, former, later, el("span", { class: "label" }, "or the keys ", el("kbd", {}, "k"), " ", el("kbd", {}, "j"), " ", el("kbd", {}, "←"), " ", el("kbd", {}, "→")));
    Object.assign(view, { chart, slot, status, former, later, list: listed });
    const parts = [back, head(trace), ...below, chart?.node, el("div", { class: "trace-steps" }, listed, el("div", {}, nav, status, slot)), system(trace), requests(trace, query)];
    part.replaceChildren(...parts.filter(Boolean));
  };

  let asked = 0;
  bio.onroute(async ({ page, cell, run = "", step: at = "", turn = "" }) => {
    const part = document.querySelector("#trace > .view");
    if (page !== "trace" || !part) return;
    const mine = ++asked;
    const key = JSON.stringify([cell, run]);
    if (view?.key !== key) {
      const found = cell ? await bio.traces.find({ cell, run }) : { why: "No cell is named here.", command: "bio results" };
      const others = found.trace ? await bio.traces.besides(found.trace, found.run) : [];
      if (mine !== asked) return; // somebody has gone on
      if (found.trace) build(part, found.trace, found.run, others);
      else {
        part.replaceChildren(el("p", { class: "trace-links" }, el("a", { href: "#cells" }, "All cells")), nowhere(found, cell ?? ""));
        view = {};
      }
      view.key = key;
    }
    if (view.list) step(place(view.trace, { step: at, turn }));
  });

  return { ended, recorded, failure, trial, detail, place, keys, nowhere, many };
})();
