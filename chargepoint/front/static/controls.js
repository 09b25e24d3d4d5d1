// Buttons, switches and sliders that show what the station says, and ask it for more.

import { h, mark, say } from "./dom.js";

let serial = 0;
const fresh = (name) => `${name}-${++serial}`;

/** Buttons of which one is pressed: choices are [value, label]. */
export function segmented(root, choices, choose) {
  const buttons = choices.map(([value, label]) => [
    value,
    h("button", { type: "button", text: label, "aria-pressed": "false", onclick: () => choose(value) }),
  ]);
  root.append(...buttons.map(([, button]) => button));
  return {
    root,
    update(current) {
      for (const [value, button] of buttons) mark(button, "aria-pressed", String(same(value, current)));
    },
  };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** One thing that is on or off. A refused change springs back. */
export function toggle(label, change) {
  let told = false;
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    async onchange() {
      if (!(await change(box.checked))) box.checked = told;
    },
  });
  const root = h("label", { class: "toggle" }, box, h("span", { text: label }));
  return {
    root,
    update(on, usable = true) {
      told = box.checked = Boolean(on);
      mark(box, "disabled", !usable);
    },
  };
}

/**
 * A number to drag. While it is held, and until the station has answered, the station's
 * own number does not pull it back; a refused one springs back.
 */
export function slider(label, { min, max, step, show }, change) {
  const id = fresh("slider");
  let held = 0;
  let told = null;
  const output = h("output", { for: id });
  const input = h("input", {
    id, type: "range", min, max, step,
    oninput: () => say(output, show(input.valueAsNumber)),
    onpointerdown: () => (held += 1),
    onpointerup: () => (held -= 1),
    onpointercancel: () => (held -= 1),
    async onchange() {
      held += 1;
      const taken = await change(input.valueAsNumber);
      held -= 1;
      if (!taken) update(told);
    },
  });
  const root = h("div", { class: "slider" }, h("label", { for: id, text: label }), output, input);
  function update(value) {
    told = value;
    mark(input, "disabled", value == null);
    if (held > 0) return;
    input.value = value ?? min;
    say(output, value == null ? "–" : show(value));
  }
  return { root, update };
}

/** A choice from a list: options are [value, label]. A refused one springs back. */
export function choice(label, options, change = () => true) {
  const id = fresh("choice");
  let told = "";
  const select = h("select", {
    id,
    async onchange() {
      if (!(await change(select.value))) select.value = told;
    },
  });
  select.append(...options.map(([value, text]) => h("option", { value, text })));
  const root = h("div", { class: "field" }, h("label", { for: id, text: label }), select);
  return { root, select, update: (value) => (told = select.value = value) };
}

/** A labelled input. */
export function field(label, props) {
  const id = fresh("field");
  const input = h("input", { id, ...props });
  return { root: h("div", { class: "field" }, h("label", { for: id, text: label }), input), input };
}

export const button = (text, press, kind = "") =>
  h("button", { type: "button", class: `button ${kind}`.trim(), text, onclick: press });
