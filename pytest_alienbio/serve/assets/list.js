// The list of runs: rows that hold what is typed, and two runs that are picked to be compared.
(() => {
  "use strict";
  const { el } = bio;
  const table = document.querySelector("[data-key=runs] table");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  bio.unpack("data").then(({ names }) => {
    const picked = [];
    const told = el("span", { role: "status" });
    const compare = el("button", {
      type: "button", class: "quietly", disabled: true,
      // The older one is what the newer one is held against.
      onclick: () => { location.href = `compare/?${new URLSearchParams({ a: older(0), b: older(1) })}`; },
    }, "Compare two");
    const older = (which) => [...picked].sort((one, other) => names.indexOf(other) - names.indexOf(one))[which];
    const words = el("input", { type: "search", placeholder: "battery, state, who, tag", oninput: () => filter() });
    const filter = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      told.textContent = wanted.length ? `${shown} of ${rows.length} runs` : "";
    };
    table.tHead.rows[0].prepend(el("th", { scope: "col", class: "pick" }, el("span", { class: "quiet" }, "compare")));
    rows.forEach((row, at) => {
      const box = el("input", {
        type: "checkbox", "aria-label": `compare ${row.cells[0].textContent}`,
        onchange: () => {
          if (box.checked) picked.push(names[at]);
          else picked.splice(picked.indexOf(names[at]), 1);
          compare.disabled = picked.length !== 2;
        },
      });
      row.prepend(el("td", { class: "pick" }, box));
    });
    table.closest(".table").before(el("div", { class: "asked" }, el("label", {}, "Filter", words), compare, told));
  });
})();
