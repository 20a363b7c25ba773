// What the scripts of a page share: data that was packed into it, elements made of nothing but text, and where we are.
const bio = (() => {
  "use strict";

  // The value of <script type="application/json" id=...>, or of one that is "application/gzip": JSON, gzip, base64.
  const unpacked = new Map();
  const unpack = (id) => {
    if (!unpacked.has(id)) {
      const held = document.getElementById(id);
      unpacked.set(id, held ? opened(held.textContent.trim(), held.type) : Promise.resolve(null));
    }
    return unpacked.get(id);
  };
  const opened = async (text, type) => {
    if (type === "application/json") return JSON.parse(text);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };

  // An element. Children that are strings become text, never markup; a handler is a function under a name like "onclick".
  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === "function") made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : String(value));
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  };

  // Where we are: "#cells?agent=greedy&cell=..." is {page: "cells", agent: "greedy", cell: "..."}. Links do the rest.
  const here = () => {
    const [place, query = ""] = location.hash.slice(1).split("?");
    let page = place;
    try {
      page = decodeURIComponent(place);
    } catch {
      // an address that was cut off leads nowhere
    }
    return { ...Object.fromEntries(new URLSearchParams(query)), page };
  };
  const link = ({ page, ...query }) => {
    const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "" && value != null));
    return `#${encodeURIComponent(page)}${asked.size ? `?${asked}` : ""}`;
  };

  // Parts of a page say what they do when the address changes; each is told once at the start.
  const listeners = [];
  const onroute = (listener) => listeners.push(listener);
  const routed = () => listeners.forEach((listener) => listener(here()));
  addEventListener("hashchange", routed);
  addEventListener("DOMContentLoaded", routed);

  return { unpack, el, here, link, onroute };
})();
