// Draws the charts of a page: Vega-Lite with its data inside, by an interpreter, so that no text ever becomes code.
bio.charts = (() => {
  "use strict";

  const UNSEEN = 640; // how wide a chart is where nobody has looked yet
  const figures = new Map(); // figure -> what was drawn in it: {width, dark}, and the view

  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  let themes = null;
  const theme = (dark, room) => {
    themes ??= read("chart-theme");
    const { legend, ...made } = themes[dark ? "dark" : "light"];
    return { ...made, legend: { ...legend, columns: room < 480 ? 2 : 0 }, background: "transparent", aria: false };
  };

  // The specification as wide as there is room: panels in as many columns as fit, never narrower than can be read.
  const fitted = (spec, room) => {
    const { title, ...made } = spec; // the page has it as a caption
    if (made.facet) {
      const { axis, gap, panel } = made.usermeta.bio;
      const free = room - axis - 16 + gap;
      const columns = Math.max(1, Math.min(made.facet.sort.length, Math.floor(free / (panel + gap))));
      const width = Math.max(panel, Math.min(room / 2, Math.floor(free / columns) - gap));
      return { ...made, columns, spec: { ...made.spec, width: columns === 1 ? Math.max(panel, free - gap) : width } };
    }
    return { ...made, width: Math.max(room, made.usermeta?.bio?.least ?? 0) };
  };

  // Nothing is fetched: data is inside, and pictures and links in data are none.
  const refuse = () => Promise.reject(new Error("a chart of this page loads nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  const tip = bio.el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const tell = (_, event, item, value) => {
    if (value === null || value === undefined || value === "") return hide();
    const lines = typeof value === "object" ? Object.entries(value) : [["", String(value)]];
    tip.replaceChildren(
      ...lines.map(([name, text]) => bio.el("div", {}, name ? bio.el("span", {}, `${name} `) : null, String(text)))
    );
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 4))}px`;
    tip.style.top = `${event.clientY + 16 + height > innerHeight ? Math.max(4, event.clientY - height - 10) : event.clientY + 16}px`;
  };
  const hide = () => {
    tip.hidden = true;
  };

  // Draws at once; what fails leaves the sentence that stands in its place.
  const draw = (figure, { dark, room }) => {
    const place = figure.querySelector(".drawn");
    const known = figures.get(figure) ?? {};
    if (known.dark === dark && Math.abs((known.room ?? 0) - room) < 2) return;
    known.view?.finalize();
    const inside = bio.el("div", { class: "chart", "aria-hidden": "true" }); // what holds it says what it shows
    try {
      known.spec ??= read(figure.dataset.chart);
      const compiled = vegaLite.compile(fitted(known.spec, room), { config: theme(dark, room), logger: silent }).spec;
      const parsed = vega.parse(compiled, null, { ast: true });
      const view = new vega.View(parsed, { expr: vega.expressionInterpreter, renderer: "svg", loader, tooltip: tell });
      view.logLevel(vega.Error).initialize(inside);
      const done = view.runAsync(); // draws at once; fits it to its width before anything is shown
      const sentence = place.querySelector(".alt");
      if (sentence) sentence.hidden = true;
      place.replaceChildren(...(sentence ? [sentence] : []), inside);
      done.then(() => reach(place), (error) => failed(figure, error));
      figures.set(figure, { ...known, view, dark, room });
    } catch (error) {
      failed(figure, error);
    }
  };
  const failed = (figure, error) => console.error(`the chart ${figure.dataset.chart} cannot be drawn`, error);
  // What is wider than its place is scrolled, with a keyboard too.
  const reach = (place) => {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  };
  const nothing = () => silent;
  const silent = { level: nothing, error: (...said) => console.error(...said) && silent, warn: nothing, info: nothing, debug: nothing };

  const roomOf = (figure) => Math.floor(figure.querySelector(".drawn").clientWidth) || UNSEEN;
  const isDark = () => bio.page?.isDark() ?? matchMedia("(prefers-color-scheme: dark)").matches;
  let onPaper = false; // then nothing is drawn anew, whatever the paper's width says
  const show = (figure) => onPaper || draw(figure, { dark: isDark(), room: roomOf(figure) });
  const all = () => document.querySelectorAll("figure[data-chart]").forEach(show);

  // Lazily: what comes near the window, and again when it changes its width or the page its colours.
  const seen = new Set();
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) seen.add(target), show(target);
        else seen.delete(target);
      }
    },
    { rootMargin: "300px" }
  );
  const sizes = new ResizeObserver((entries) => {
    requestAnimationFrame(() => entries.forEach(({ target }) => seen.has(target.parentElement) && show(target.parentElement)));
  });
  document.querySelectorAll("figure[data-chart]").forEach((figure) => {
    near.observe(figure);
    sizes.observe(figure.querySelector(".drawn"));
  });
  document.addEventListener("bio:theme", () => seen.forEach(show));
  addEventListener("scroll", hide, { passive: true, capture: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());

  // Paper is white, and holds every chart.
  addEventListener("beforeprint", () => {
    onPaper = true;
    document.querySelectorAll("figure[data-chart]").forEach((figure) => draw(figure, { dark: false, room: UNSEEN }));
  });
  addEventListener("afterprint", () => {
    onPaper = false;
    seen.forEach(show);
  });

  return { all, fitted };
})();
