// Quantities over the steps of a trace, a small picture each: true levels as lines, what was seen as points, deeds as marks.
bio.traceChart = (() => {
  "use strict";
  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [300, 120, 34, 8, 8, 22];
  const SPACE = "http://www.w3.org/2000/svg";
  const number = (value) => typeof value === "number";

  const svg = (tag, attributes = {}, ...children) => {
    const made = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === "function") made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, String(value));
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  };

  // Four digits at most, as the numbers of a trace have them.
  const short = (value) => String(Number(value.toPrecision(3)));

  // The room of one picture: where a step and a level are in it.
  const room = (steps, levels) => {
    let low = 0;
    let high = -Infinity;
    for (const level of levels) [low, high] = [Math.min(low, level), Math.max(high, level)];
    if (!(high > low)) high = low + 1;
    const top = high + (high - low) * 0.06;
    const x = (step) => LEFT + (WIDTH - LEFT - RIGHT) * (step / Math.max(steps, 1));
    const y = (level) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ((level - low) / (top - low));
    return { x, y, low, high, steps };
  };
  // Of thousands of points those that can be told apart: of each column of the picture the first, the last, the lowest, the highest.
  const MOST = 4 * (WIDTH - LEFT - RIGHT);
  const told = (points, { x }) => {
    if (points.length <= MOST) return points;
    const columns = new Map();
    points.forEach(([step, level], at) => {
      const place = Math.round(x(step));
      const held = columns.get(place);
      if (!held) columns.set(place, { first: at, last: at, low: at, high: at });
      else {
        held.last = at;
        if (!(level >= points[held.low][1])) held.low = at;
        if (level > points[held.high][1]) held.high = at;
      }
    });
    const kept = new Set([...columns.values()].flatMap(({ first, last, low, high }) => [first, last, low, high]));
    return points.filter((_, at) => kept.has(at));
  };
  const path = (points, at) => {
    const { x, y } = at;
    let d = "";
    let pen = false;
    for (const [step, level] of told(points, at)) {
      if (!number(level)) pen = false;
      else {
        d += `${pen ? "L" : "M"}${x(step).toFixed(1)} ${y(level).toFixed(1)}`;
        pen = true;
      }
    }
    return d;
  };

  // All points that were seen as one shape: a long trace has thousands.
  const RADIUS = 2.1;
  const circles = (dots, at) =>
    told(dots.filter(([, level]) => number(level)), at).map(([step, level]) =>
      `M${(at.x(step) - RADIUS).toFixed(1)} ${at.y(level).toFixed(1)}a${RADIUS} ${RADIUS} 0 1 0 ${2 * RADIUS} 0a${RADIUS} ${RADIUS} 0 1 0 ${-2 * RADIUS} 0`).join("");

  // Marks that would lie on one another are one: it says what was done at each, and stands out if one of them does.
  const APART = 2;
  const MOST_SAID = 4;
  const bundled = (marks, { x }) => {
    const found = new Map();
    for (const { step, label, kind } of marks) {
      const place = Math.round(x(step) / APART);
      const held = found.get(place);
      if (!held) found.set(place, { x: x(step), labels: [label], kind });
      else {
        held.labels.push(label);
        if (kind.length > held.kind.length) held.kind = kind;
      }
    }
    return [...found.values()];
  };

  // One picture. `lines`: [{points: [[step, level]], kind}]; `dots`: [[step, level]]; `marks`: [{step, label, kind}] on the axis;
  // `rules`: [{level, from, kind}] across it. `onstep` is told the step of a click.
  const panel = ({ title, note, lines = [], dots = [], marks = [], rules = [], steps, alt, onstep }) => {
    const levels = [...lines.flatMap(({ points }) => points.map(([, level]) => level)), ...dots.map(([, level]) => level), ...rules.map(({ level }) => level)].filter(number);
    const at = room(steps, levels);
    const bottom = HEIGHT - BOTTOM;
    const cursor = svg("line", { class: "cursor", y1: TOP - 4, y2: bottom, visibility: "hidden" });
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": alt, class: onstep ? "panel-svg steps" : "panel-svg" },
      svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: at.y(at.low), y2: at.y(at.low) }),
      at.low < 0 ? svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: at.y(0), y2: at.y(0) }) : null,
      [at.low, at.high].map((level) => svg("text", { x: LEFT - 5, y: at.y(level) + 3.5, "text-anchor": "end" }, short(level))),
      [0, steps].map((step) => svg("text", { x: at.x(step), y: HEIGHT - 4, "text-anchor": step ? "end" : "start" }, step ? short(step) : "step 0")),
      rules.map(({ level, from = 0, kind }) => svg("line", { class: `rule ${kind}`, x1: at.x(from), x2: at.x(steps), y1: at.y(level), y2: at.y(level) })),
      cursor,
      lines.map(({ points, kind }) => svg("path", { class: `line ${kind}`, d: path(points, at) })),
      svg("path", { class: "seen", d: circles(dots, at) }),
      bundled(marks, at).map(({ x, labels, kind }) => {
        const more = labels.length > MOST_SAID ? [`and ${(labels.length - MOST_SAID).toLocaleString("en")} more`] : [];
        return svg("path", { class: `mark ${kind}`, d: `M${x.toFixed(1)} ${bottom + 2}l3 6h-6z` }, svg("title", {}, [...labels.slice(0, MOST_SAID), ...more].join("\n")));
      }),
    );
    if (onstep) {
      drawing.addEventListener("click", (event) => {
        const box = drawing.getBoundingClientRect();
        const across = ((event.clientX - box.left) / box.width) * WIDTH;
        onstep(Math.max(0, Math.min(steps, Math.round(((across - LEFT) / (WIDTH - LEFT - RIGHT)) * steps))));
      });
    }
    const move = (step) => {
      const shown = number(step) && step <= steps;
      cursor.setAttribute("visibility", shown ? "visible" : "hidden");
      if (!shown) return;
      for (const end of ["x1", "x2"]) cursor.setAttribute(end, at.x(step).toFixed(1));
    };
    return { node: bio.el("div", { class: "panel" }, bio.el("p", { class: "panel-title" }, title, note ? bio.el("span", { class: "label" }, ` ${note}`) : null), drawing), move };
  };

  const ends = (points) => {
    const known = points.filter(([, level]) => number(level));
    return known.length ? `from ${known[0][1]} to ${known.at(-1)[1]}` : "not told";
  };
  const aim = ({ kind, low, high, since }) => {
    const what = kind === "up" ? `raise to ${high}` : kind === "down" ? `lower to ${low}` : `keep between ${low} and ${high}`;
    return `${what}${since ? `, from step ${since}` : ""}`;
  };
  const goalRules = ({ kind, low, high, since }) =>
    (kind === "up" ? [high] : kind === "down" ? [low] : [low, high]).filter(number).map((level) => ({ level, from: since, kind: "goal" }));

  // What stands at no step that is known is in no picture.
  const column = (rows, place) => (rows ?? []).filter(([step]) => number(step)).map(([step, row]) => [step, row ? row[place] : null]);
  const seenBy = ({ turns }, place) => turns.filter(({ seen }) => seen).map(({ step, seen }) => [step, seen[place]]);
  const soFar = ({ turns, truth }) => turns.filter(({ so_far }) => number(so_far)).map((turn) => [truth[turn.truth + 1]?.[0] ?? turn.step + 1, turn.so_far]);
  const lastStep = ({ truth, turns, reference }) =>
    [...truth, ...turns.map(({ step }) => [step]), ...(reference?.truth ?? [])].reduce((last, [step]) => (number(step) ? Math.max(last, step) : last), 1);
  // A deed is one of a quantity if its name is in it, as one of the words that it is called with.
  const about = (deed, name) => name !== "" && deed.split(/[^\p{L}\p{N}_@.-]+/u).includes(name);
  const marksOf = ({ turns }, name) =>
    turns.filter(({ does, action }) => does !== null && action !== "wait" && action !== "done").map(({ step, does, ok }) => {
      const deed = bio.traces.plain(does);
      return { step, label: `step ${step}: ${deed}${ok ? "" : " (refused)"}`, kind: `${ok ? "" : "refused "}${about(deed, name) ? "own" : ""}` };
    });

  const legend = (...entries) => bio.el("p", { class: "legend" }, entries.filter(Boolean).map(([kind, words]) => bio.el("span", { class: `key ${kind}` }, words)));
  const wrapped = (made, keys, numbers) => ({
    node: bio.el("figure", { class: "trace-chart" }, keys, bio.el("div", { class: "panels" }, made.map(({ node }) => node)), numbers),
    move: (step) => made.forEach(({ move }) => move(step)),
  });

  // Every quantity of one trace, and its score so far.
  const of = (trace, onstep) => {
    const steps = lastStep(trace);
    const made = [];
    const score = soFar(trace);
    if (score.length) {
      made.push(panel({ title: "score so far", lines: [{ points: score, kind: "score" }], marks: marksOf(trace, ""), rules: [{ level: 1, kind: "top" }], steps, onstep, alt: `Score so far: ${ends(score)}` }));
    }
    trace.quantities.forEach((name, place) => {
      const truth = column(trace.truth, place);
      const dots = seenBy(trace, place);
      if (![...truth, ...dots].some(([, level]) => number(level))) return;
      const oracle = column(trace.reference?.truth, place);
      const goals = trace.goals.filter(({ quantity }) => quantity === place);
      const floors = trace.floors.filter(([quantity, level]) => quantity === place && number(level));
      const said = [trace.hidden[place] ? "hidden" : "", ...goals.map(aim), ...floors.map(([, level]) => `keep above ${level}`)].filter(Boolean);
      made.push(panel({
        title: name,
        note: said.join("; "),
        lines: [{ points: oracle, kind: "oracle" }, { points: truth, kind: "true" }],
        dots,
        marks: marksOf(trace, name),
        rules: [...goals.flatMap(goalRules), ...floors.map(([, level]) => ({ level, kind: "floor" }))],
        steps,
        onstep,
        alt: `${name}: ${truth.length ? `true level ${ends(truth)}` : `seen ${ends(dots)}`}${oracle.length ? `; with the oracle ${ends(oracle)}` : ""}${said.length ? `; ${said.join("; ")}` : ""}`,
      }));
    });
    const keys = legend(trace.truth.length && ["true", "true level"], ["seen", "what the agent saw"], trace.reference && ["oracle", "the oracle, in the same world"],
      trace.goals.length && ["goal", "goal"], trace.floors.length && ["floor", "must stay above"], ["deed", "something was done"], ["own", "with this quantity"]);
    return made.length ? wrapped(made, keys, numbers(trace)) : null;
  };

  // The numbers of the pictures, made when somebody opens them.
  const numbers = (trace) => {
    const body = bio.el("div", { class: "table", role: "region", tabindex: "0", "aria-label": "Numbers of the charts" });
    const fill = () => {
      if (body.firstChild) return;
      const heads = trace.quantities.flatMap((name) => [`${name} seen`, "true", ...(trace.reference ? ["oracle"] : [])]);
      const oracle = new Map((trace.reference?.truth ?? []).map(([step, row]) => [step, row]));
      const cell = (value) => bio.el("td", {}, value === null || value === undefined ? "-" : String(value));
      const rows = trace.turns.map((turn) => {
        const [true_, best] = [trace.truth[turn.truth]?.[1], oracle.get(turn.step)];
        const values = trace.quantities.flatMap((_, at) => [turn.seen?.[at], true_?.[at], ...(trace.reference ? [best?.[at]] : [])]);
        return bio.el("tr", {}, bio.el("th", { scope: "row" }, String(turn.step)), cell(turn.so_far), values.map(cell));
      });
      body.append(bio.el("table", {}, bio.el("thead", {}, bio.el("tr", {}, ["step", "score so far", ...heads].map((head) => bio.el("th", { scope: "col" }, head)))), bio.el("tbody", {}, rows)));
    };
    return bio.el("details", { ontoggle: fill }, bio.el("summary", { onclick: fill }, "Numbers"), body);
  };

  // Every quantity that two traces have, each with a line of its own.
  const both = (one, other, onstep) => {
    const steps = Math.max(lastStep(one), lastStep(other));
    const made = [];
    const scores = [soFar(one), soFar(other)];
    if (scores[0].length || scores[1].length) {
      const lines = scores.map((points, at) => ({ points, kind: at ? "two" : "one" }));
      made.push(panel({ title: "score so far", lines, rules: [{ level: 1, kind: "top" }], steps, onstep, alt: `Score so far: A ${ends(scores[0])}, B ${ends(scores[1])}` }));
    }
    for (const name of new Set([...one.quantities, ...other.quantities])) {
      const points = [one, other].map((trace) => {
        const place = trace.quantities.indexOf(name);
        if (place < 0) return [];
        return trace.truth.length ? column(trace.truth, place) : seenBy(trace, place);
      });
      if (!points.flat().some(([, level]) => number(level))) continue;
      const place = one.quantities.indexOf(name);
      const goals = one.goals.filter(({ quantity }) => quantity === place);
      const oracle = place < 0 ? [] : column(one.reference?.truth, place);
      made.push(panel({
        title: name,
        note: goals.map(aim).join("; "),
        lines: [{ points: oracle, kind: "oracle" }, { points: points[0], kind: "one" }, { points: points[1], kind: "two" }],
        rules: goals.flatMap(goalRules),
        steps,
        onstep,
        alt: `${name}: A ${ends(points[0])}, B ${ends(points[1])}`,
      }));
    }
    return made.length ? wrapped(made, legend(["one", "A"], ["two", "B"], one.reference && ["oracle", "the oracle"], one.goals.length && ["goal", "goal"])) : null;
  };

  return { of, both };
})();
