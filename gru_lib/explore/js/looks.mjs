// One look for all figures. The colours are near those of gru_lib.plots (Okabe and Ito), told apart
// with any colour vision, but so dark, in the dark theme so light, that words in them are legible.

const LIGHT = `
  --paper: #ffffff; --ink: #222222; --soft: #5c5c5c; --line: #cfcfcf; --fill: #f2f2f2;
  --blue: #0072b2; --red: #ad4400; --green: #007a59; --orange: #946200; --sky: #2a7ba6;
  --purple: #9c4a7d;
  --input: #e3eff8; --state: #fdf0d5; --output: #e0f2ea; --lit: #ffe08a;
  color-scheme: light;
`;
const DARK = `
  --paper: #1b1f24; --ink: #e8e8e8; --soft: #b0b8c1; --line: #4a525c; --fill: #2a3037;
  --blue: #5cb8f0; --red: #ff9b5e; --green: #3fcf9f; --orange: #f0b429; --sky: #8ccdf2;
  --purple: #e39cc7;
  --input: #1d3a50; --state: #352b14; --output: #1c4437; --lit: #5a4000;
  color-scheme: dark;
`;

export const LOOKS = `
:host { display: block; ${LIGHT} }
:host([data-theme="dark"]) { ${DARK} }
@media print { :host([data-theme]) { ${LIGHT} } }
@media (forced-colors: active) {
  :host([data-theme]) { --paper: Canvas; --ink: CanvasText; --soft: CanvasText; }
}
* { box-sizing: border-box; }
.card {
  font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 12px 14px; margin: 2px 0; text-align: left;
}
.head { display: flex; justify-content: space-between; align-items: center; gap: 12px; }
.title { font-weight: 600; }
.controls { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 8px 0; align-items: center; }
.slider {
  display: grid; grid-template-columns: auto minmax(90px, 1fr) minmax(3.2em, auto);
  gap: 10px; align-items: center; flex: 1 1 250px; max-width: 420px; min-height: 32px;
}
.slider input { width: 100%; height: 28px; margin: 0; accent-color: var(--blue); cursor: pointer; }
.slider:has(:disabled) { color: var(--soft); }
output { font-variant-numeric: tabular-nums; white-space: nowrap; }
fieldset {
  border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 14px;
  align-items: center;
}
legend { float: left; padding: 0; margin-right: 2px; color: var(--soft); }
fieldset label, .toggle {
  display: inline-flex; gap: 6px; align-items: center; min-height: 32px; cursor: pointer;
}
input[type="radio"], input[type="checkbox"] {
  width: 18px; height: 18px; margin: 0; accent-color: var(--blue); cursor: pointer;
}
.buttons { display: flex; flex-wrap: wrap; gap: 6px; }
button {
  font: inherit; color: var(--ink); background: var(--fill); border: 1px solid var(--soft);
  border-radius: 6px; padding: 3px 11px; min-height: 32px; cursor: pointer;
}
button:hover { border-color: var(--blue); }
button:disabled { color: var(--soft); border-color: var(--line); cursor: default; }
button[aria-pressed="true"] { background: var(--blue); border-color: var(--blue); color: var(--paper); }
input[type="text"] {
  font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft);
  border-radius: 6px; padding: 3px 9px; min-height: 34px;
}
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
svg { display: block; width: 100%; height: auto; user-select: none; -webkit-user-select: none; }
svg text { fill: var(--ink); font-size: 14px; }
svg .it { font-family: Georgia, "Times New Roman", serif; font-style: italic; font-size: 16px; }
.words { margin: 6px 0 0; min-height: 2.9em; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
@media (max-width: 480px) { .card { padding: 10px; } .controls { gap: 4px 14px; } }
@media print { .controls, .reset { display: none; } .card { break-inside: avoid; } }
`;
