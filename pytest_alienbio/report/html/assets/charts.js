// Draws the charts of a page: Vega-Lite with its data inside, by an interpreter, so that no text ever becomes code.
bio.charts = (() => {
  "use strict";

  const UNSEEN = 640; // how wide a chart is where nobody has looked yet
  const figures = new Map(); // figure -> what is drawn in it: {spec, view, dark, room}

  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  let themes = null;
  const columnsOf = ({ entry }, room) => (entry ? Math.max(1, Math.floor((room - 60) / entry)) : 0);
  const theme = (dark, room, about) => {
    themes ??= read("chart-theme");
    const { legend, ...made } = themes[dark ? "dark" : "light"];
    return { ...made, legend: { ...legend, columns: columnsOf(about, room) }, background: "transparent", aria: false };
  };

  // Panels beside each other: as many as fit.
  const abreast = ({ axis, gap, panel }, count, room) => Math.max(1, Math.min(count, Math.floor((room - axis - 16 + gap) / (panel + gap))));

  // How tall it will be, or a little more: its place is kept, so that nothing jumps when it comes.
  const tall = (spec, room) => {
    const about = spec.usermeta?.bio ?? {};
    if (spec.facet) return about.tall * Math.ceil(spec.facet.sort.length / abreast(about, spec.facet.sort.length, room)) + about.over;
    return (about.tall ?? 0) + (about.series ? 20 * Math.ceil(about.series / columnsOf(about, room)) : 0);
  };

  // The specification as wide as there is room: panels in as many columns as fit, never narrower than can be read.
  const fitted = (spec, room) => {
    const { title, ...made } = spec; // the page has it as a caption
    if (made.facet) {
      const { axis, gap, panel } = made.usermeta.bio;
      const free = room - axis - 16 + gap;
      const columns = abreast(made.usermeta.bio, made.facet.sort.length, room);
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

  const specOf = (figure) => (figures.get(figure).spec ??= read(figure.dataset.chart));
  const keep = (figure) => {
    const place = figure.querySelector(".drawn");
    if (onPaper || !place.clientWidth) return; // of a part that is not shown
    try {
      place.style.minHeight = `${tall(specOf(figure), roomOf(figure))}px`;
    } catch (error) {
      failed(figure, error);
    }
  };

  // Draws at once; what fails leaves the sentence that stands in its place.
  const draw = (figure, { dark, room }) => {
    const place = figure.querySelector(".drawn");
    const known = figures.get(figure);
    if (known.dark === dark && Math.abs((known.room ?? 0) - room) < 2) return;
    known.view?.finalize();
    const inside = bio.el("div", { class: "chart", "aria-hidden": "true" }); // what holds it says what it shows
    try {
      const spec = specOf(figure);
      const config = theme(dark, room, spec.usermeta?.bio ?? {});
      const compiled = vegaLite.compile(fitted(spec, room), { config, logger: silent }).spec;
      const parsed = vega.parse(compiled, null, { ast: true });
      const view = new vega.View(parsed, { expr: vega.expressionInterpreter, renderer: "svg", loader, tooltip: tell });
      view.logLevel(vega.Error).initialize(inside);
      const done = view.runAsync(); // draws at once; fits it to its width before anything is shown
      const sentence = place.querySelector(".alt");
      if (sentence) sentence.hidden = true;
      place.replaceChildren(...(sentence ? [sentence] : []), inside);
      done.then(() => reach(place), (error) => failed(figure, error));
      Object.assign(known, { view, dark, room });
    } catch (error) {
      failed(figure, error);
    }
  };
  const failed = (figure, error) => {
    figure.querySelector(".drawn").style.minHeight = "";
    console.error(`the chart ${figure.dataset.chart} cannot be drawn`, error);
  };
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
  const keepAll = () => figures.forEach((_, figure) => keep(figure));

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
    figures.set(figure, {});
    near.observe(figure);
    sizes.observe(figure.querySelector(".drawn"));
  });
  bio.onroute(keepAll); // before anything of that part is painted
  addEventListener("resize", keepAll);
  document.addEventListener("bio:theme", () => seen.forEach(show));
  addEventListener("scroll", hide, { passive: true, capture: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());

  // Paper is white, and holds every chart.
  addEventListener("beforeprint", () => {
    onPaper = true;
    figures.forEach((_, figure) => {
      figure.querySelector(".drawn").style.minHeight = ""; // paper is as wide as it is
      draw(figure, { dark: false, room: UNSEEN });
    });
  });
  addEventListener("afterprint", () => {
    onPaper = false;
    keepAll();
    seen.forEach(show);
  });

  return { all, fitted };
})();
