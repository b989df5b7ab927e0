// What belongs to the page around a figure: HTML elements, its theme, its wish for less motion.

/** An HTML element with attributes and children. */
export function html(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Keep `host.dataset.theme` equal to the page's theme: the book's, JupyterLab's, the system's. */
export function followTheme(host) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const forced = matchMedia("(forced-colors: active)"); // then the system's colours win over the page's
  const look = () => {
    const book = document.documentElement.dataset.theme;
    const lab = document.body.dataset.jpThemeLight;
    const chosen = lab ? lab === "false" : book ? book === "dark" : system.matches;
    const dark = forced.matches ? system.matches : chosen;
    host.dataset.theme = dark ? "dark" : "light";
  };
  const observer = new MutationObserver(look);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const queries = [system, forced];
  for (const query of queries) query.addEventListener("change", look);
  look();
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", look);
  };
}

/** Whether the reader asked the system for less motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
