// The controls of a figure: each shows a value of the model and sets it when the reader turns it.

import { html } from "./page.mjs";

/**
 * Return the functions that put controls into the element `controls`, and `refresh()`, which puts the
 * model's values into all of them. `set`, `stop` and `run` are the stage's.
 */
export function makeControls({ model, controls, set, stop, run }) {
  const sets = [];

  /** A control of the figure's own: `node`, and `set()` that puts the model's value into it. */
  function add(node, set = () => {}) {
    sets.push(set);
    controls.append(node);
    return node;
  }

  /**
   * A slider. By default it holds the model's value `name`; `get` and `change` override that.
   * `min` and `max` may be functions of nothing, for limits that other controls move; `idle()` tells
   * whether it has nothing to say just now.
   */
  function slider(name, { label, min, max, step, format = String, get, change, idle }) {
    const value = get ?? (() => model.get(name));
    const limit = (l) => (typeof l === "function" ? l() : l);
    const id = `slider-${name}`;
    const input = html("input", { type: "range", id, "data-name": name, step });
    const output = html("output", { for: id, "aria-hidden": "true" }); // the slider itself tells it
    input.addEventListener("input", () => {
      stop();
      (change ?? ((v) => set({ [name]: v })))(Number(input.value));
    });
    const put = () => {
      input.min = limit(min);
      input.max = limit(max);
      input.value = value();
      input.disabled = idle?.() ?? false;
      output.textContent = format(value());
      input.setAttribute("aria-valuetext", format(value()));
    };
    return add(html("div", { class: "slider" }, html("label", { for: id }, label), input, output), put);
  }

  /** One of a few: radio buttons; `options` maps values to labels. */
  function choice(name, { label, options }) {
    const inputs = Object.entries(options).map(([value, words]) => {
      const input = html("input", { type: "radio", name, value, "data-name": name });
      input.addEventListener("change", () => {
        stop();
        set({ [name]: value });
      });
      return [input, html("label", {}, input, html("span", {}, words))];
    });
    const node = html("fieldset", {}, html("legend", {}, label), ...inputs.map((pair) => pair[1]));
    return add(node, () => {
      for (const [input] of inputs) input.checked = input.value === model.get(name);
    });
  }

  /** On or off. */
  function toggle(name, { label }) {
    const input = html("input", { type: "checkbox", "data-name": name });
    input.addEventListener("change", () => {
      stop();
      set({ [name]: input.checked });
    });
    return add(html("label", { class: "toggle" }, input, html("span", {}, label)), () => {
      input.checked = model.get(name);
    });
  }

  /** A row of buttons: `[[label, function], …]`; of a label's signs such as ▶ nothing is spoken. */
  function buttons(...pairs) {
    const unspoken = (part) => (/[◀▶]/.test(part) ? html("span", { "aria-hidden": "true" }, part) : part);
    const nodes = pairs.map(([label, press]) => {
      const node = html("button", { type: "button" }, ...label.split(/( ?[◀▶] ?)/).map(unspoken));
      node.addEventListener("click", press);
      return node;
    });
    add(html("div", { class: "buttons" }, ...nodes));
    return nodes;
  }

  /**
   * Steps through `name` from `first` to `last`: Back, Play, Forward and a slider. `Play` moves on
   * every `pause` milliseconds. While it does, `glide(share)` hears before every repaint how much of
   * the pause has passed, 0 to 1, so that a figure can show something under way; 1 ends the motion.
   */
  function player(name, { label, first = 0, last, pause = 900, format, glide }) {
    const end = () => (typeof last === "function" ? last() : last);
    const go = (step) => set({ [name]: Math.min(Math.max(step, first), end()) });
    let playing = false;
    const start = () => {
      let before = performance.now();
      if (model.get(name) >= end()) go(first);
      const next = (now) => {
        if (now - before < pause) return (glide?.((now - before) / pause), true);
        if (model.get(name) >= end()) return false;
        before = now;
        glide?.(0);
        go(model.get(name) + 1);
        return glide != null || model.get(name) < end();
      };
      run(next, () => {
        playing = false;
        glide?.(1);
        play.textContent = "Play";
      });
      playing = true;
      play.textContent = "Pause";
    };
    const [, play] = buttons(
      ["◀ Back", () => (stop(), go(model.get(name) - 1))],
      ["Play", () => (playing ? stop() : start())],
      ["Forward ▶", () => (stop(), go(model.get(name) + 1))],
    );
    slider(name, { label, min: first, max: last, step: 1, format });
  }

  const refresh = () => sets.forEach((put) => put());
  return { add, slider, choice, toggle, buttons, player, refresh };
}
