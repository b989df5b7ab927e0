// SVG by hand: elements, words with subscripts, arrows, numbers as people write them.

/** An SVG element with attributes and children. */
export function s(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/**
 * Words at a point. `symbol: true` sets them as a formula: italic, and `a_b` with b as a subscript,
 * `W_{hh}` with a longer one. `colour` is the name of one of the colours of looks.mjs.
 */
export function text(x, y, words, { colour = "ink", anchor = "middle", size, symbol, bold } = {}) {
  const style = `fill: var(--${colour})${size ? `; font-size: ${size}px` : ""}`;
  const attributes = { x, y, style, "text-anchor": anchor, "font-weight": bold ? 600 : null };
  if (!symbol) return s("text", attributes, words);
  const node = s("text", { ...attributes, class: "it" });
  let lowered = false;
  for (const [, group, letter, plain] of words.matchAll(/_\{([^}]*)\}|_(.)|([^_]+)/g)) {
    if (plain) node.append(s("tspan", { dy: lowered ? -4 : null }, plain));
    else node.append(s("tspan", { dy: 4, style: "font-size: 12px" }, group ?? letter));
    lowered = !plain;
  }
  return node;
}

/** A straight line; `dash` such as "6 4". */
export function line(x1, y1, x2, y2, { colour = "ink", width = 1.6, dash, opacity } = {}) {
  const style = `stroke: var(--${colour})`;
  const look = { style, "stroke-width": width, "stroke-dasharray": dash, opacity };
  return s("line", { x1, y1, x2, y2, ...look });
}

/** An arrow from one point to another; its head ends at the second. */
export function arrow(x1, y1, x2, y2, { colour = "ink", width = 2, dash, opacity } = {}) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const size = 4 + 2 * width;
  const [bx, by] = [x2 - ux * size, y2 - uy * size];
  const wing = size * 0.45;
  const head = `M${x2} ${y2} L${bx - uy * wing} ${by + ux * wing} L${bx + uy * wing} ${by - ux * wing} Z`;
  return s(
    "g",
    { opacity },
    line(x1, y1, bx, by, { colour, width, dash }),
    s("path", { d: head, style: `fill: var(--${colour})` }),
  );
}

/** A rounded box around a point, with words in it; what is not of the box is for the words. */
export function box(x, y, words, size = {}) {
  const { width = 44, height = 34, fill = "fill", colour = "ink", ...look } = size;
  const style = `fill: var(--${fill}); stroke: var(--${colour})`;
  const [left, top] = [x - width / 2, y - height / 2];
  return s(
    "g",
    {},
    s("rect", { x: left, y: top, width, height, rx: 7, style, "stroke-width": 1.4 }),
    text(x, y + 5, words, look),
  );
}

/** `10` to a whole power, as people write it: `10⁻³`. */
export function power(exponent) {
  return "10" + [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
}

/** A number with `digits` after the point and a true minus; far from 1 as `1.2·10⁻⁵`. */
export function number(value, digits = 2) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.5 * 10 ** -digits || size >= 1e5)) {
    let exponent = Math.floor(Math.log10(size));
    let head = (value / 10 ** exponent).toFixed(1);
    if (Math.abs(head) >= 10) head = (value / 10 ** ++exponent).toFixed(1);
    return `${head}·${power(exponent)}`.replace("-", "−");
  }
  const shown = value.toFixed(digits);
  return (Number(shown) === 0 ? shown.replace("-", "") : shown).replace("-", "−");
}
