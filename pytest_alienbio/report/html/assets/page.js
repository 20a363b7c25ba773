// Which part is shown, the colours, tables that sort, lines that copy. Without this script everything is there, one below the other.
bio.page = (() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");

  // Colours: as the system has them, until somebody says otherwise. Told to those who draw by the event "bio:theme".
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try {
      return localStorage.getItem("bio-theme");
    } catch {
      return null; // a page from a disk may have no storage
    }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const changed = () => document.dispatchEvent(new CustomEvent("bio:theme", { detail: { dark: isDark() } }));
  const put = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  put(kept());
  dark.addEventListener("change", () => root.dataset.theme || changed());
  const themes = { "": "Colours: system", light: "Colours: light", dark: "Colours: dark" };
  const switcher = () => {
    const name = () => themes[root.dataset.theme ?? ""];
    const button = bio.el("button", {
      type: "button",
      class: "theme quietly",
      onclick: () => {
        const order = Object.keys(themes);
        put(order[(order.indexOf(root.dataset.theme ?? "") + 1) % order.length]);
        try {
          localStorage.setItem("bio-theme", root.dataset.theme ?? "");
        } catch {
          // it holds for as long as the page is open
        }
        button.textContent = name();
        changed();
      },
    }, name());
    document.querySelector(".head")?.append(button);
  };

  // A part at a time. What is asked of a part ("?agent=...") is its own affair. An address that leads nowhere leads to the first.
  let before = null;
  const show = ({ page }) => {
    const parts = [...document.querySelectorAll("main > .part")];
    const held = page && document.getElementById(page)?.closest("main > .part");
    const shown = held || parts[0];
    for (const part of parts) part.classList.toggle("shown", part === shown);
    if (shown) shown.hidden = false;
    const listed = shown?.id === "trace" || shown?.id === "diff" ? "cells" : shown?.id; // a trace is one of the cells
    for (const link of document.querySelectorAll(".parts a")) {
      if (link.getAttribute("href") === `#${listed}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (before !== null && before !== shown) {
      scrollTo(0, 0);
      shown.querySelector("h2")?.focus({ preventScroll: true });
    }
    if (held && held.id !== page) document.getElementById(page).scrollIntoView();
    before = shown;
    document.querySelector(".parts [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  bio.onroute(show);

  // Tables sort by their headers: by the number of a cell, else by its text; what is missing comes last, the total stays.
  const worth = (row, at) => {
    const cell = row.cells[at];
    const text = cell.textContent.trim();
    if (text === "" || text === "-") return null;
    const number = Number(cell.dataset.order ?? text.replace(/,/g, ""));
    return Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  const sort = (table, at, down) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [worth(row, at), row]);
    const told = rows.filter(([value]) => value !== null);
    told.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
    body.append(...told.map(([, row]) => row), ...rows.filter(([value]) => value === null).map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      if (index === at) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };
  const sortable = (table) => {
    if (!table.tHead || !table.tBodies[0] || table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      if (head.querySelector("a, button")) return;
      const button = bio.el("button", {
        type: "button",
        // Names begin at A, numbers with the largest.
        onclick: () => {
          const now = head.getAttribute("aria-sort");
          sort(table, at, now === null ? !head.classList.contains("left") : now === "ascending");
        },
      });
      button.append(...head.childNodes);
      head.append(button);
    });
  };

  // A button at every line that is to be copied, where the browser lets a page copy.
  const copier = (line) => {
    const code = line.querySelector("code");
    if (!code || !navigator.clipboard) return;
    const said = bio.el("span", { class: "quiet", role: "status" });
    const button = bio.el("button", {
      type: "button",
      class: "copier quietly",
      "aria-label": `Copy: ${code.textContent}`,
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(code); // then the keyboard can
          button.textContent = "Selected";
        }
        said.textContent = button.textContent;
        setTimeout(() => (button.textContent = "Copy"), 1500);
      },
    }, "Copy");
    line.append(button, said);
  };

  // The keyboard stops at a table only where there is something to scroll.
  const reachable = () => {
    for (const table of document.querySelectorAll(".part.shown .table")) {
      if (table.scrollWidth > table.clientWidth || table.scrollHeight > table.clientHeight) table.tabIndex = 0;
      else table.removeAttribute("tabindex");
    }
  };
  bio.onroute(() => requestAnimationFrame(reachable));
  addEventListener("resize", reachable);

  addEventListener("DOMContentLoaded", () => {
    switcher();
    document.querySelectorAll(".section table").forEach(sortable);
    document.querySelectorAll(".copy").forEach(copier);
  });
  // The browser has gone to the part in the address; it is the only one now, and begins with the title.
  addEventListener("load", () => before && bio.here().page === before.id && scrollTo(0, 0));
  // On paper the numbers of a chart stand open beside it.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((each) => (each.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));

  return { isDark, sortable, copier };
})();
