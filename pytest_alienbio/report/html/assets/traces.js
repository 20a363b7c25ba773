// Traces in and beside the page: where they are, loaded when somebody looks, and where two of them part.
// What a trace holds is said in report/traces/data.py.
bio.traces = (() => {
  "use strict";

  // `{places: {run: {cell: chunk}}, dats: {run: path}, beside: [chunk], files: folder}`, or what a served page puts in its place.
  const about = async () => (await bio.unpack("places")) ?? { places: {}, dats: {}, beside: [], files: "" };

  // A chunk beside the page is a script that hands itself over. It is kept as one that was in the page from the start.
  const waiting = new Map();
  bio.arrived = (name, packed) => {
    if (!document.getElementById(name)) {
      document.body.append(bio.el("script", { type: "application/gzip", id: name }, packed));
    }
    waiting.get(name)?.();
  };
  const chunks = new Map();
  const chunk = (name, { beside, files }) => {
    if (!chunks.has(name)) {
      const there = !beside?.includes(name) || document.getElementById(name) ? Promise.resolve() : arriving(name, files);
      chunks.set(name, there.then(() => bio.unpack(name)));
      chunks.get(name).catch(() => chunks.delete(name)); // it may be there the next time
    }
    return chunks.get(name);
  };
  const arriving = (name, files) =>
    new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const src = `${files.split("/").map(encodeURIComponent).join("/")}/${name}.js`;
      document.head.append(bio.el("script", { src, onerror: () => reject(new Error(`${files}/${name}.js is not there`)) }));
    });

  // A served page knows of traces that are not in it: `bio.traces.elsewhere = async ({run, cell}) => trace or null`.
  const found = { elsewhere: null };

  // The trace of a cell: {trace, run}, or {why, command} of one that is not here. Without a run, the first that has the cell.
  const find = async ({ cell, run = "" }) => {
    const known = await about();
    const runs = run ? [run] : [...Object.keys(known.places), ...Object.keys(known.dats)];
    const where = runs.find((each) => has(known.places, each) && has(known.places[each], cell)) ?? run;
    try {
      const name = has(known.places, where) && has(known.places[where], cell) ? known.places[where][cell] : null;
      const trace = name ? (await chunk(name, known))?.[where]?.[cell] : await found.elsewhere?.({ run: where, cell });
      if (trace) return { trace, run: where };
      return { why: "This trace is not in the page.", command: command(known, where, cell) };
    } catch (error) {
      return { why: `This trace is beside the page, and could not be read: ${error.message}.`, command: command(known, where, cell) };
    }
  };
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const command = ({ dats }, run, cell) => {
    const dat = has(dats, run) ? dats[run] : run;
    return `bio show ${quoted(dat ? `${dat}::${cell}` : cell)}`;
  };

  // Which traces of the page are of the same world: [{cell, run}], by the columns of its cells.
  const besides = async (of, run) => {
    const [known, sheet] = await Promise.all([about(), bio.cells?.loaded()]);
    const column = Object.fromEntries((sheet?.columns ?? []).map((each) => [each.key, each]));
    if (!["id", "scenario", "difficulty", "seed"].every((key) => column[key])) return [];
    const text = (key, row) => (column[key] && column[key].at[row] >= 0 ? column[key].texts[column[key].at[row]] : "");
    const only = Object.keys(known.places)[0] ?? "";
    const same = [];
    for (let row = 0; row < sheet.rows; row++) {
      const world = ["scenario", "difficulty", "seed"].map((key) => text(key, row));
      if (world[0] !== of.scenario || world[1] !== String(of.difficulty ?? "") || world[2] !== String(of.seed)) continue;
      const other = { cell: text("id", row), run: text("run", row) || only };
      if (other.cell === of.cell && other.run === run) continue;
      if (found.elsewhere || (has(known.places, other.run) && has(known.places[other.run], other.cell))) same.push(other);
    }
    return same;
  };

  // The first event in which two traces part: {what, turn, call, turns (that are the same), calls}; null if there is none.
  // They are compared by fingerprints that were made where the page was: nothing else is compared here.
  const parting = (one, other) => {
    const models = one.setup && other.setup;
    const [mine, yours] = [one, other].map(({ events }) => (models ? events : events.filter(([what]) => what === "turn")));
    let turns = 0;
    let calls = 0;
    for (let at = 0; at < Math.max(mine.length, yours.length); at++) {
      const [a, b] = [mine[at], yours[at]];
      const [what, turn, call] = a ?? b;
      if (!a || !b || a[0] !== b[0]) return { what: "end", turn, call: null, turns, calls };
      if (a[3] !== b[3]) return { what, turn, call, turns, calls };
      if (what === "turn") turns++;
      if (what === "answered") calls++;
    }
    return null;
  };

  // A text as the trace has it: as it stands, and how much of it is not there.
  const text = (value) => {
    if (value === null || typeof value !== "object") return [String(value ?? "")];
    const left = value.left_out.toLocaleString("en");
    return [value.text, bio.el("span", { class: "more" }, ` … and ${left} more characters: bio show --json`)];
  };
  const plain = (value) => (value === null || typeof value !== "object" ? String(value ?? "") : `${value.text} …`);

  return Object.assign(found, { find, besides, parting, text, plain });
})();
