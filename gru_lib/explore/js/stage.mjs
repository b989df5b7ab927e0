// The frame that every touchable figure stands in: controls, theme, redrawing, words.
//
// A figure is a function of its model: whatever is turned sets a value of the model, and every
// change of the model, also one that comes from Python, draws the whole picture anew.

import { makeControls } from "./controls.mjs";
import { s } from "./draw.mjs";
import { LOOKS } from "./looks.mjs";
import { followTheme, html } from "./page.mjs";

/**
 * Build the frame in `el` for `model` and return what a figure needs to fill it.
 *
 * The model has `get(name)`, `set(name, value)`, `on(event, f)`, `off(event, f)`, `save_changes()`;
 * its value `about` holds `title` and `description`, words, and `start`, what Reset goes back to.
 */
export function makeStage(model, el) {
  const { title, description, start } = model.get("about");
  // Keys pressed in a figure are the figure's: without this, JupyterLab takes a typed letter for one
  // of its shortcuts and, say, deletes the cell (it cannot look into a shadow root).
  const host = html("div", { class: "gru-lib-stage", "data-lm-suppress-shortcuts": true });
  const root = host.attachShadow({ mode: "open" });
  const picture = s("svg", { role: "img" });
  const words = html("p", { class: "words" });
  const spoken = html("p", { class: "unseen", "aria-live": "polite" });
  const controls = html("div", { class: "controls" });
  const reset = html("button", { type: "button", class: "reset" }, "Reset");
  const head = html("span", { class: "title", id: "title" }, title);
  const about = html("p", { class: "unseen" }, description);
  const named = { role: "group", "aria-labelledby": "title" };
  root.append(
    html("style", {}, LOOKS),
    html(
      "div",
      { class: "card", ...named },
      html("div", { class: "head" }, head, reset),
      about,
      controls,
      picture,
      words,
      spoken,
    ),
  );
  el.replaceChildren(host);

  const leave = [followTheme(host)];
  let draw = () => ({ height: 0, parts: [], label: "", words: "" });
  let asked = 0;
  let quiet = 0;
  let told = null; // the words that a screen reader has had, or could read from the start
  let width = 0;
  let motion = 0;
  let ended = null;

  /** The picture's width; a figure in something closed has none yet, and is drawn small. */
  const room = () => Math.max(260, Math.round(picture.getBoundingClientRect().width));
  /** Let a screen reader hear the words when the hand rests; then they stand in the page once only. */
  const speak = (now) => {
    clearTimeout(quiet);
    told ??= now;
    spoken.textContent = "";
    if (ended || now === told) return; // in motion there is no rest
    quiet = setTimeout(() => {
      spoken.textContent = told = now;
      quiet = setTimeout(() => (spoken.textContent = ""), 5000);
    }, 700);
  };
  const redraw = () => {
    asked = 0;
    made.refresh();
    width = room();
    const drawn = draw({ width, narrow: width < 520 });
    picture.setAttribute("viewBox", `0 0 ${width} ${drawn.height}`);
    picture.setAttribute("height", drawn.height);
    picture.setAttribute("aria-label", drawn.label);
    picture.replaceChildren(...drawn.parts);
    words.textContent = drawn.words;
    speak(drawn.words);
  };
  const ask = () => (asked ||= requestAnimationFrame(redraw));
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };

  for (const name of Object.keys(start)) {
    model.on(`change:${name}`, ask);
    leave.push(() => model.off(`change:${name}`, ask));
  }
  const resizing = new ResizeObserver(() => room() !== width && ask());
  resizing.observe(host);
  leave.push(() => resizing.disconnect());

  /** End the motion, if any. Every control does so first: the reader's hand wins. */
  const stop = () => {
    cancelAnimationFrame(motion);
    if (!ended) return;
    ended();
    ended = null;
    ask(); // the words where it ended are to be heard
  };
  /** Call `frame(now)` before every repaint until it returns false or `stop`; then `after()`. */
  const run = (frame, after) => {
    stop();
    ended = after;
    const tick = (now) => {
      motion = requestAnimationFrame(tick);
      if (frame(now) === false) stop();
    };
    motion = requestAnimationFrame(tick);
  };
  reset.addEventListener("click", () => {
    stop();
    set(structuredClone(start));
  });

  const made = makeControls({ model, controls, set, stop, run });
  return {
    ...made,
    root,
    picture,
    set,
    ask,
    stop,
    run,

    /** Register `draw({ width, narrow }) -> { height, parts, label, words }` and draw. */
    show(function_) {
      draw = function_;
      redraw();
      return () => {
        stop();
        clearTimeout(quiet);
        cancelAnimationFrame(asked);
        leave.forEach((f) => f());
      };
    },

    /** The point of a pointer event in the picture's units. */
    point(event) {
      const box = picture.getBoundingClientRect();
      const view = picture.viewBox.baseVal;
      return [
        ((event.clientX - box.left) / box.width) * view.width,
        ((event.clientY - box.top) / box.height) * view.height,
      ];
    },

    /** Call `move(x, y)` while a finger or the mouse draws over the picture, and for a tap. */
    drag(move) {
      picture.style.touchAction = "pan-y"; // a finger that goes up or down scrolls the page
      let from = null; // where the hand came down, until it lets go
      let held = false; // whether it draws; a finger does when it has gone sideways, or in the end
      const to = (event) => {
        if (!from || !event.isPrimary) return;
        held ||= event.type === "pointerup" || Math.abs(event.clientX - from) > 8;
        if (!held) return;
        stop();
        move(...this.point(event));
      };
      const end = () => (from = null);
      picture.addEventListener("pointerdown", (event) => {
        if (!event.isPrimary || event.button !== 0) return;
        from = event.clientX;
        held = event.pointerType !== "touch";
        picture.setPointerCapture(event.pointerId);
        to(event);
      });
      picture.addEventListener("pointermove", to);
      picture.addEventListener("pointerup", (event) => (to(event), end()));
      picture.addEventListener("pointercancel", end);
    },
  };
}
