// The made-up car, board and house. Shown only where the station says that they are.

import { ask } from "./ask.js";
import { button, choice, segmented, slider, toggle } from "./controls.js";
import { h, keyed, mark } from "./dom.js";
import { amps, watts } from "./words.js";

const FAULTS = [
  "GroundFailure", "HighTemperature", "OverCurrentFailure", "OverVoltage", "UnderVoltage",
  "PowerSwitchFailure", "PowerMeterFailure", "ReaderFailure", "EVCommunicationError",
  "InternalError", "ResetFailure", "WeakSignal", "OtherError",
];
const LOADS = [["Quiet", 1], ["Kettle", 9], ["Oven", 16], ["Oven and hob", 24]];
const METER = [["ok", "Works"], ["silent", "Silent"], ["garbage", "Garbage"]];
const AMPS = { min: 0, max: 32, step: 1, show: amps };

const group = (title, ...children) =>
  h("fieldset", { class: "group" }, h("legend", { text: title }), ...children);
const row = (...children) => h("div", { class: "row" }, ...children);

function car(id) {
  const set = (change) => ask(`sim/evse/${id}/set`, change);
  const phases = choice("Car's phases", [["1", "1"], ["2", "2"], ["3", "3"]]);
  const most = choice("Car's limit", [["10", "10 A"], ["16", "16 A"], ["20", "20 A"], ["32", "32 A"]]);
  phases.update("3");
  most.update("32");
  const plug = button("Plug in", () =>
    ask(`sim/evse/${id}/plug-in`, {
      phases: Number(phases.select.value),
      max_current_a: Number(most.select.value),
    }), "main");
  const unplug = button("Unplug", () => ask(`sim/evse/${id}/unplug`));
  const ready = toggle("Car is ready", (on) => set({ ready: on }));
  const wanted = slider("Car asks for", AMPS, (a) => set({ requested_current_a: a }));
  return {
    root: group(`Car at EVSE ${id}`, row(phases.root, most.root), row(plug, unplug), ready.root, wanted.root),
    update(sim) {
      mark(plug, "disabled", sim.car_plugged);
      mark(unplug, "disabled", !sim.car_plugged);
      for (const { select } of [phases, most]) mark(select, "disabled", sim.car_plugged);
      ready.update(sim.ready);
      wanted.update(sim.requested_current_a);
    },
  };
}

function board(id) {
  const set = (change) => ask(`sim/evse/${id}/set`, change);
  const options = [["", "None"], ...FAULTS.map((code) => [code, code])];
  const fault = choice("Fault", options, (code) => set({ fault: code ? { code } : null }));
  const heat = slider("Temperature", { min: -20, max: 100, step: 1, show: (c) => `${c.toFixed(0)} °C` },
    (c) => set({ temperature_c: c }));
  const switches = [
    ["welded", "Contactor is welded"],
    ["diode_fault", "Diode is missing"],
    ["lock_failure", "Lock does not move"],
    ["cable_plugged_station_side", "Cable is in the socket"],
  ].map(([name, label]) => [name, toggle(label, (on) => set({ [name]: on }))]);
  return {
    root: group(`Board of EVSE ${id}`, ...switches.map(([, one]) => one.root), row(fault.root), heat.root),
    update(sim) {
      for (const [name, one] of switches) one.update(sim[name]);
      fault.update(sim.fault ?? "");
      heat.update(sim.temperature_c);
    },
  };
}

function evse(item) {
  const parts = [car(item.id), board(item.id)];
  return {
    root: h("div", { class: "groups" }, ...parts.map((part) => part.root)),
    update: ({ sim }) => parts.forEach((part) => part.update(sim)),
  };
}

function house() {
  let now = [0, 0, 0];
  const change = (phase, load_a) => ask("sim/world", { house_a: now.map((a, at) => (at === phase ? load_a : a)) });
  const phases = ["L1", "L2", "L3"].map((name, phase) => ({
    level: slider(`House on ${name}`, { ...AMPS, max: 40, step: 0.5 }, (a) => change(phase, a)),
    presets: segmented(
      h("div", { class: "segmented small", role: "group", "aria-label": `What runs on ${name}` }),
      LOADS.map(([label, a]) => [a, label]),
      (a) => change(phase, a),
    ),
  }));
  const sun = slider("Sun on the roof", { min: 0, max: 12000, step: 100, show: watts }, (w) => ask("sim/world", { solar_w: w }));
  const meter = segmented(
    h("div", { class: "segmented small", role: "group", "aria-label": "Mains meter" }),
    METER,
    (how) => ask("sim/world", { mains_meter: how }),
  );
  return {
    root: h(
      "div",
      { class: "groups" },
      group("House", ...phases.flatMap(({ level, presets }) => [level.root, presets.root])),
      group("Sun and mains meter", sun.root, h("p", { class: "label", text: "Mains meter" }), meter.root),
    ),
    update(world) {
      now = world.house_a;
      phases.forEach(({ level, presets }, at) => {
        level.update(now[at]);
        presets.update(now[at]);
      });
      sun.update(world.solar_w);
      meter.update(world.mains_meter);
    },
  };
}

/** The simulator's controls; hidden where nothing is simulated. */
export function simulator() {
  const place = document.getElementById("simulator");
  const boards = h("div");
  const world = house();
  place.append(boards, world.root);
  const show = keyed(boards, ({ id }) => id, evse);
  return ({ sim }) => {
    place.hidden = sim == null;
    if (sim == null) return;
    show(Object.entries(sim.evses).map(([id, one]) => ({ id, sim: one })));
    world.root.hidden = sim.world == null;
    if (sim.world) world.update(sim.world);
  };
}
