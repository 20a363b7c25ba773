// Every cell in a table: filters, a search, columns that sort, a hundred rows at a time. What is chosen is in the address.
bio.cells = (() => {
  "use strict";
  const PAGE = 100;
  const MOST_CHOICES = 500;
  const FILTERS = ["agent", "scenario", "difficulty", "outcome", "passed", "battery", "run"];
  const SEARCHED = ["id", "run", "outcome", "why", "tags", "note"];
  const UNSHOWN = ["scenario", "role", "battery", "params", "trace"]; // the cell's id says it
  const CUT = ["why", "note"];

  let sheet = null; // { rows, columns: [{ key, header, left, texts, at }] }
  const by = Object.create(null); // columns by key
  let across = []; // those that are shown
  let view = null; // the elements that change
  let chosen = null; // row numbers that fit, in their order
  let asked = "";
  let first = 0;

  const load = async () => {
    sheet = await bio.unpack("sheet");
    if (!sheet) return;
    for (const column of sheet.columns) {
      column.at = Int32Array.from(column.at);
      by[column.key] = column;
    }
    across = sheet.columns.filter(({ key, texts }) => key === "id" || (!UNSHOWN.includes(key) && texts.length > (key === "run" ? 1 : 0)));
  };
  const text = (column, row) => (column.at[row] < 0 ? "-" : column.texts[column.at[row]]);

  // Which rows fit, and in which order. A filter is a choice of texts, a search words that must all be somewhere in the row.
  const fitting = (query) => {
    const tests = [];
    for (const [key, wanted] of Object.entries(query)) {
      const column = by[key];
      if (!column) continue;
      const hits = new Set(column.texts.flatMap((each, at) => (each === wanted ? [at] : [])));
      if (wanted === "-") hits.add(-1);
      tests.push((row) => hits.has(column.at[row]));
    }
    const words = (query.find ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const searched = SEARCHED.map((key) => by[key]).filter(Boolean);
    for (const word of words) {
      const found = searched.map((column) => [column, Uint8Array.from(column.texts, (each) => each.toLowerCase().includes(word))]);
      tests.push((row) => found.some(([column, hit]) => hit[column.at[row]]));
    }
    const rows = [];
    for (let row = 0; row < sheet.rows; row++) if (tests.every((test) => test(row))) rows.push(row);
    return rows;
  };
  const ordered = (rows, sorted) => {
    const down = sorted?.startsWith("-");
    const column = by[down ? sorted.slice(1) : sorted];
    if (!column) return rows;
    const at = column.at;
    return rows.sort((a, b) => {
      if (at[a] === at[b]) return a - b;
      if (at[a] < 0 || at[b] < 0) return at[b] - at[a]; // what is missing comes last, whichever way
      return down ? at[b] - at[a] : at[a] - at[b];
    });
  };

  const go = (change, quietly) => {
    const { page, ...now } = bio.here();
    const target = bio.link({ page: "cells", ...now, ...change });
    if (quietly) {
      history.replaceState(null, "", target);
      refresh();
    } else location.hash = target;
  };

  const build = (part) => {
    const controls = FILTERS.filter((key) => by[key]).flatMap((key) => {
      const column = by[key];
      if (column.texts.length + (column.at.includes(-1) ? 1 : 0) < 2 || column.texts.length > MOST_CHOICES) return [];
      const choices = [...new Set(column.texts), ...(column.at.includes(-1) ? ["-"] : [])];
      const select = bio.el("select", { onchange: () => go({ [key]: select.value, from: "" }), "data-key": key },
        bio.el("option", { value: "" }, "all"),
        choices.map((each) => bio.el("option", { value: each }, each === "-" ? "none" : each)),
      );
      return [bio.el("label", {}, column.header, select)];
    });
    let wait = 0;
    const find = bio.el("input", {
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => {
        clearTimeout(wait);
        wait = setTimeout(() => go({ find: find.value, from: "" }, true), 120);
      },
    });
    const clear = bio.el("button", { type: "button", class: "quietly", onclick: () => (location.hash = "#cells") }, "Clear");
    const count = bio.el("p", { role: "status", "aria-live": "polite" });
    const earlier = bio.el("button", { type: "button", class: "quietly", onclick: () => turn(-PAGE) }, "Previous");
    const later = bio.el("button", { type: "button", class: "quietly", onclick: () => turn(PAGE) }, "Next");
    const where = bio.el("span");
    const heads = across.map((column) => {
      const button = bio.el("button", { type: "button", onclick: () => resort(column) }, column.header);
      return bio.el("th", { scope: "col", class: column.left ? "left" : null, "data-key": column.key }, button);
    });
    const body = bio.el("tbody", { onclick: opened });
    const table = bio.el("table", {}, bio.el("thead", {}, bio.el("tr", {}, heads)), body);
    part.replaceChildren(
      bio.el("search", { class: "asked", "aria-label": "Filter cells" }, controls, bio.el("label", {}, "search", find), clear),
      bio.el("div", { class: "told" }, count, bio.el("div", { class: "steps" }, earlier, where, later)),
      bio.el("div", { class: "table cells", role: "group", tabindex: "0", "aria-label": "Cells" }, table),
    );
    view = { find, clear, count, earlier, later, where, heads, body, selects: part.querySelectorAll("select") };
  };
  const turn = (by) => go({ from: Math.max(0, first + by) || "" });
  const resort = (column) => {
    const now = bio.here().sort ?? "";
    const up = column.key;
    const down = `-${up}`;
    go({ sort: now === up ? down : now === down ? up : column.left ? up : down, from: "" });
  };
  // A click anywhere in a row is one on its link; text can still be selected.
  const opened = (event) => {
    if (event.target.closest("a") || !getSelection().isCollapsed) return;
    event.target.closest("tr")?.querySelector("a")?.click();
  };

  const row = (at) => {
    const cells = across.map((column) => {
      const said = text(column, at);
      const kind = [column.left ? "left" : "", CUT.includes(column.key) ? column.key : ""].join(" ").trim() || null;
      if (column.key !== "id") return bio.el("td", { class: kind, title: CUT.includes(column.key) ? said : null }, said);
      const href = bio.link({ page: "trace", cell: said, run: by.run ? text(by.run, at) : "" });
      return bio.el("th", { scope: "row", class: "left" }, bio.el("a", { href }, said.split(/(?<=[/[])/).flatMap((part, at) => (at ? [bio.el("wbr"), part] : [part]))));
    });
    return bio.el("tr", {}, cells);
  };

  const refresh = () => {
    const { page, from = "0", sort = "", ...query } = bio.here();
    const key = JSON.stringify([query, sort]);
    if (key !== asked) {
      chosen = ordered(fitting(query), sort);
      asked = key;
    }
    const last = Math.max(0, Math.floor((chosen.length - 1) / PAGE) * PAGE);
    first = Math.min(last, Math.max(0, Math.floor((Number(from) || 0) / PAGE) * PAGE));
    const shown = chosen.slice(first, first + PAGE);
    view.body.replaceChildren(...shown.map(row));
    const all = sheet.rows.toLocaleString("en");
    const fits = chosen.length === sheet.rows ? `${all} cells` : `${chosen.length.toLocaleString("en")} of ${all} cells`;
    if (view.count.textContent !== fits) view.count.textContent = fits;
    view.where.textContent = chosen.length ? `${(first + 1).toLocaleString("en")} to ${(first + shown.length).toLocaleString("en")}` : "";
    view.earlier.disabled = first === 0;
    view.later.disabled = first === last;
    view.clear.disabled = Object.keys(query).length === 0 && !sort;
    if (document.activeElement !== view.find) view.find.value = query.find ?? "";
    for (const select of view.selects) select.value = query[select.dataset.key] ?? "";
    for (const head of view.heads) {
      const up = sort === head.dataset.key;
      const down = sort === `-${head.dataset.key}`;
      if (up || down) head.setAttribute("aria-sort", up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  };

  // Nothing is unpacked before somebody looks.
  let loading = null;
  bio.onroute(async ({ page }) => {
    const part = document.querySelector("#cells > .view");
    if (page !== "cells" || !part) return;
    loading ??= load();
    await loading;
    if (!sheet) return;
    if (!view) build(part);
    if (bio.here().page === "cells") refresh();
  });

  // For who shows one cell: its row, what the row says, and the other rows of the same world.
  const ready = () => (loading ??= load());
  const find = async ({ cell, run = "" }) => {
    await ready();
    if (!by.id) return null;
    for (let at = 0; at < sheet.rows; at++) {
      if (text(by.id, at) === cell && (!run || !by.run || text(by.run, at) === run)) return at;
    }
    return null;
  };
  const said = (at) => sheet.columns.filter(({ key }) => key !== "id").map((column) => [column.header, column.at[at] < 0 ? "" : text(column, at)]);
  const value = (key, at) => (by[key] && by[key].at[at] >= 0 ? text(by[key], at) : "");
  const WORLD = ["scenario", "difficulty", "params", "variant", "seed"];
  const besides = (at) => {
    const world = WORLD.map((key) => by[key]).filter(Boolean);
    const same = [];
    for (let other = 0; other < sheet.rows; other++) {
      if (other !== at && world.every((column) => column.at[other] === column.at[at])) same.push({ cell: value("id", other), run: value("run", other) });
    }
    return same;
  };

  return { find, said, value, besides };
})();
