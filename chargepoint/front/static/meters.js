// What the meters say, phase by phase, and how old it is.

import { h, keyed, mark, say } from "./dom.js";
import { age, amps, scaleTop, watts } from "./words.js";

const LEAST_SCALE_A = 24;
const NAMES = { mains: "Mains", circuit: "Circuit", battery: "Battery" };

function phase(name) {
  const level = h("span", { class: "phase-level" });
  const bar = h("span", { class: "phase-bar" }, h("span"));
  const root = h("li", {}, h("span", { class: "quiet", text: name }), level, bar);
  return {
    root,
    update(current_a, top) {
      say(level, current_a == null ? "–" : amps(current_a));
      bar.firstChild.style.inlineSize = `${(100 * Math.min(Math.abs(current_a ?? 0), top)) / top}%`;
      mark(bar, "data-export", current_a < 0);
    },
  };
}

function meterBlock({ name }) {
  const power = h("span", { class: "meter-power" });
  const freshness = h("span", { class: "meter-age" });
  const phases = ["L1", "L2", "L3"].map(phase);
  const root = h(
    "div",
    { class: "meter" },
    h("div", { class: "meter-head" }, h("h3", { text: name }), freshness, power),
    h("ul", { class: "phases", role: "list" }, ...phases.map((one) => one.root)),
  );
  let last = { age_s: null, stale: false, trust: "fresh", heardAt: 0 };
  const update = ({ meter, top, heardAt }) => {
    last = { age_s: meter.age_s, stale: meter.stale, trust: meter.trust, heardAt };
    say(power, watts(meter.power_w));
    phases.forEach((one, at) => one.update(meter.currents_a?.[at], top));
    grow();
  };
  const grow = () => {
    const seconds = last.age_s == null ? null : last.age_s + (performance.now() - last.heardAt) / 1000;
    say(freshness, last.trust === "fresh" ? age(seconds) : `${last.trust}, ${age(seconds)}`);
    mark(root, "data-stale", last.stale);
  };
  return { root, update, grow };
}

function listed({ mains, circuit, battery, evse }) {
  const station = Object.entries({ mains, circuit, battery }).filter(([, meter]) => meter);
  return [
    ...station.map(([role, meter]) => ({ name: NAMES[role], meter })),
    ...Object.entries(evse).map(([id, meter]) => ({ name: `EVSE ${id}`, meter })),
  ];
}

function ceiling({ source, sum_a, used_wh }) {
  const used = used_wh == null ? "" : `, ${Math.round(used_wh)} Wh of this quarter of an hour used`;
  return `${source}: ${amps(sum_a)} over all phases${used}`;
}

/** All meters of the station. */
export function meters() {
  const place = document.getElementById("meters");
  const none = h("p", { class: "quiet", text: "No meter is configured." });
  const list = h("div");
  const capacity = h("p", { class: "quiet" });
  place.append(none, list, capacity);
  const blocks = [];
  const show = keyed(list, ({ name }) => name, (item) => {
    const block = meterBlock(item);
    blocks.push(block);
    return block;
  });
  setInterval(() => blocks.forEach((block) => block.grow()), 1000);
  return (status) => {
    const all = listed(status.meters);
    const top = scaleTop(all.flatMap(({ meter }) => meter.currents_a ?? []), LEAST_SCALE_A);
    const heardAt = performance.now();
    none.hidden = all.length > 0;
    capacity.hidden = !status.capacity;
    say(capacity, status.capacity ? ceiling(status.capacity) : "");
    show(all.map((item) => ({ ...item, top, heardAt })));
  };
}
