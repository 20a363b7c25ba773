// Traces in and beside the page: where they are, loaded when somebody looks, and where two of them part.
// What a trace holds is said in report/traces/data.py.
bio.traces = (() => {
  "use strict";

  // `{places: {run: {cell: chunk}}, dats: {run: path}, beside: [chunk], files: folder, made: when the page was}`.
  const about = async () => (await bio.unpack("places")) ?? { places: {}, dats: {}, beside: [], files: "", made: "" };

  // A chunk beside the page is a script that hands itself over, and says of which page it is: one that was written by an earlier
  // or a later report would show what is not of this one. It is kept as one that was in the page from the start.
  const waiting = new Map();
  bio.arrived = (name, packed, made) => waiting.get(name)?.(packed, made);
  const chunks = new Map();
  const chunk = (name, { beside, files, made }) => {
    if (!chunks.has(name)) {
      const there = beside.includes(name) && !document.getElementById(name) ? arriving(name, files, made) : Promise.resolve();
      chunks.set(name, there.then(() => bio.unpack(name)));
      chunks.get(name).catch(() => chunks.delete(name)); // it may be there the next time
    }
    return chunks.get(name);
  };
  const arriving = (name, files, made) =>
    new Promise((resolve, reject) => {
      const file = `${files}/${name}.js`;
      waiting.set(name, (packed, of) => {
        if (of !== made) return reject(new Error(`${file} is of a report that was made at another time; open the newest, or write it again`));
        document.body.append(bio.el("script", { type: "application/gzip", id: name }, packed));
        resolve();
      });
      const script = bio.el("script", {
        src: file.split("/").map(encodeURIComponent).join("/"),
        onload: () => reject(new Error(`${file} holds no traces`)), // what resolved before stays so
        onerror: () => reject(new Error(`${file} is not there`)),
      });
      document.head.append(script);
    });

  // The trace of a cell: {trace, run}, or of one that is not here {why, row, command}: what the table of cells says of it, and
  // what shows more. Without a run, the first that has the cell.
  const find = async ({ cell, run = "" }) => {
    const [known, row] = await Promise.all([about(), bio.cells.find({ cell, run })]);
    const where = run || Object.keys(known.places).find((each) => has(known.places[each], cell)) || (row === null ? "" : bio.cells.value("run", row));
    const name = has(known.places, where) && has(known.places[where], cell) ? known.places[where][cell] : null;
    const absent = (why) => ({ why, row: row === null ? [] : bio.cells.said(row), command: command(known, where, cell) });
    if (row === null && !name) return absent("No cell of this page is called so.");
    if (!name) return absent(bio.cells.value("trace", row) === "" ? "No trace of it was kept." : "Its trace was kept, and is not in this page.");
    try {
      const trace = (await chunk(name, known))?.[where]?.[cell];
      return trace ? { trace, run: where } : absent("Its trace could not be read when the page was made.");
    } catch (error) {
      return absent(`Its trace is beside the page, and could not be read: ${error.message}.`);
    }
  };
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const command = ({ dats }, run, cell) => {
    const dat = has(dats, run) ? dats[run] : run;
    return `bio show ${quoted(dat ? `${dat}::${cell}` : cell)}`;
  };

  // Which traces of the page are of the same world: [{cell, run}], by the columns of its cells.
  const besides = async ({ cell }, run) => {
    const [{ places }, row] = await Promise.all([about(), bio.cells.find({ cell, run })]);
    if (row === null) return [];
    const only = Object.keys(places)[0] ?? "";
    return bio.cells.besides(row)
      .map((other) => ({ cell: other.cell, run: other.run || only }))
      .filter((other) => has(places, other.run) && has(places[other.run], other.cell));
  };

  // How far two traces are the same, as `bio diff` says it: {first: {what, turn, call} of the first event in which they part or
  // null, turns, calls (that are the same)}. They are compared by fingerprints that were made where the page was.
  const parting = (one, other) => {
    const models = one.setup && other.setup;
    const [mine, yours] = [one, other].map(({ events }) => (models ? events : events.filter(([what]) => what === "turn")));
    let turns = 0;
    let calls = 0;
    for (let at = 0; at < Math.max(mine.length, yours.length); at++) {
      const [a, b] = [mine[at], yours[at]];
      const [what, turn, call] = a ?? b;
      if (!a || !b || a[0] !== b[0]) return { first: { what: "end", turn, call: null }, turns, calls };
      if (a[3] !== b[3]) return { first: { what, turn, call }, turns, calls };
      if (what === "turn") turns++;
      if (what === "answered") calls++;
    }
    return { first: null, turns, calls };
  };

  // A text as the trace has it: as it stands, and how much of it is not there.
  const text = (value) => {
    if (value === null || typeof value !== "object") return [String(value ?? "")];
    const left = value.left_out.toLocaleString("en");
    return [value.text, bio.el("span", { class: "more" }, ` … and ${left} more characters: bio show --json`)];
  };
  const plain = (value) => (value === null || typeof value !== "object" ? String(value ?? "") : `${value.text} …`);

  return { find, besides, parting, text, plain };
})();
