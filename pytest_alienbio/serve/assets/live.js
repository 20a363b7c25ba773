// A run while it is played: asked for again and again, drawn anew where something changed. Untrusted text stays text.
(() => {
  "use strict";
  const { el } = bio;
  const EVERY = 1000, HIDDEN = 15000, OVER = 5000, PATIENCE = 10000;

  const spot = (each, head) =>
    el(head.name ? "th" : "td", { scope: head.name ? "row" : null, class: [head.left ? "left" : "", each.level].join(" ").trim() || null },
      each.text, each.rest ? el("span", { class: "rest" }, each.rest) : null);
  const copy = (text, label) =>
    el("div", { class: "copy" }, label ? el("span", { class: "label" }, `${label}: `) : null, el("code", {}, text));
  const kinds = {
    table: (block, name) => [
      el("div", { class: `table ${block.class}`, role: "region", tabindex: 0, "aria-label": block.caption || name || "Table" },
        el("table", {},
          block.caption ? el("caption", {}, block.caption) : null,
          el("thead", {}, el("tr", {}, block.heads.map((head) => el("th", { scope: "col", class: head.left ? "left" : null }, head.text)))),
          el("tbody", {}, block.rows.map((row) => el("tr", {}, row.map((each, at) => spot(each, block.heads[at]))))))),
      block.more ? el("p", { class: "more" }, block.more) : null,
    ],
    notes: (block) => block.list
      ? [el("ul", { class: "notes" }, block.lines.map((line) => el("li", {}, line)))]
      : [el("div", { class: "notes" }, block.lines.map((line) => el("p", {}, line)))],
    facts: (block) => [el("dl", { class: "facts" }, block.rows.map(([label, text]) => el("div", {}, el("dt", {}, label), el("dd", {}, text))))],
    items: (block) => [el("ul", { class: "items" }, block.items.map((item) => el("li", {},
      el("p", {}, el("b", { class: "name" }, item.name), " ", el("span", { class: "what" }, item.what)),
      item.why ? el("p", { class: "why" }, item.why) : null,
      item.lines.map((line) => el("p", { class: "more" }, line)),
      item.copy.map((line) => copy(line, "")))))],
    copy: (block) => [copy(block.text, block.label)],
  };
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const drawn = (section) =>
    el("section", { class: section.alarm ? "section alarm" : "section", "data-key": section.key },
      section.heading ? el("h2", {}, capital(section.heading)) : null,
      section.about ? el("p", { class: "about" }, `${capital(section.about)}.`) : null,
      section.blocks.flatMap((block) => kinds[block.kind](block, section.heading)));

  // Only what changed is replaced: a selection, or a place in a table, elsewhere stays.
  const known = new Map();
  const draw = (seen) => {
    const holder = document.getElementById("sections");
    const made = seen.document.sections.map((section) => {
      const text = JSON.stringify(section);
      const before = known.get(section.key);
      const node = before && before.text === text ? before.node : drawn(section);
      known.set(section.key, { text, node });
      return node;
    });
    made.forEach((node, at) => { if (holder.children[at] !== node) holder.insertBefore(node, holder.children[at] || null); });
    while (holder.children.length > made.length) holder.lastChild.remove();
    const first = holder.firstElementChild;
    if (seen.of > 0 && first) {
      let bar = first.querySelector("progress");
      if (!bar) first.prepend(bar = el("progress", { "aria-label": "cells done" }));
      bar.max = seen.of;
      bar.value = Math.min(seen.done, seen.of);
    }
    document.getElementById("title").textContent = seen.document.title;
    const share = seen.of > 0 && !seen.over ? `${Math.floor((100 * seen.done) / seen.of)}% ` : "";
    document.title = share + seen.document.title;
    document.getElementById("state").textContent = seen.over ? "the run is over" : `as of ${clock(seen.at)}`;
  };
  const clock = (at) => new Date(1000 * at).toLocaleTimeString();

  let last = null, failed = 0;
  const lost = (text) => {
    const place = document.getElementById("lost");
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !text;
    document.body.classList.toggle("away", Boolean(text));
  };
  const look = async () => {
    try {
      const answer = await fetch("now.json", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) throw new Error(answer.status);
      last = await answer.json();
      failed = 0;
      lost("");
      draw(last);
    } catch {
      failed += 1;
      if (failed > 1) {
        const when = last ? ` What is below is as it was at ${clock(last.at)}; ` : " ";
        lost(`The server that showed this run does not answer any more.${when}whether the run goes on is not known here. ` +
          "Begin to serve it again (the address is another one then), or ask: bio watch --once");
      }
    }
    const pause = failed ? Math.min(EVERY * 2 ** failed, HIDDEN) : document.hidden ? HIDDEN : last.over ? OVER : Math.max(EVERY, last.pause);
    timer = setTimeout(look, pause);
  };
  let timer = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    clearTimeout(timer);
    look();
  });

  bio.unpack("data").then((seen) => {
    last = seen;
    draw(seen);
    timer = setTimeout(look, EVERY);
  });
})();
