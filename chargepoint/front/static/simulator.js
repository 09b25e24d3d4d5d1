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
const PILOTS = ["A", "B", "C", "D", "E", "F"];
const METER = [
  ["ok", "Works"],
  ["silent", "Silent"],
  ["garbage", "Garbage"],
  ["frozen", "Frozen"],
  ["inverted", "Inverted"],
];
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
      ready.update(sim.ready, sim.car_plugged);
      wanted.update(sim.car_plugged ? sim.requested_current_a : null);
    },
  };
}

function board(id) {
  const set = (change) => ask(`sim/evse/${id}/set`, change);
  const options = [["", "None"], ...FAULTS.map((code) => [code, code])];
  const fault = choice("Fault", options, (code) => set({ fault: code ? { code } : null }));
  const pilots = [["", "Nothing"], ...PILOTS.map((state) => [state, `State ${state}`])];
  const pilot = choice("Pilot held at", pilots, (state) => set({ pilot: state || null }));
  const heat = slider("Temperature", { min: -20, max: 100, step: 1, show: (c) => `${c.toFixed(0)} °C` },
    (c) => set({ temperature_c: c }));
  const switches = [
    ["welded", "Contactor is welded"],
    ["diode_fault", "Diode is missing"],
    ["lock_failure", "Lock does not move"],
    ["cable_plugged_station_side", "Cable is in the socket"],
    ["silent", "Board is silent"],
  ].map(([name, label]) => [name, toggle(label, (on) => set({ [name]: on }))]);
  return {
    root: group(`Board of EVSE ${id}`, ...switches.map(([, one]) => one.root), row(fault.root, pilot.root), heat.root),
    update(sim) {
      for (const [name, one] of switches) one.update(sim[name]);
      fault.update(sim.fault ?? "");
      pilot.update(sim.pilot ?? "");
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

const PHASES = ["L1", "L2", "L3"];

/** `heat_pump` with its currents, as people say it: "Heat pump, 5 A on L1, L2, L3". */
function spoken({ name, currents_a }) {
  const words = name.replaceAll("_", " ");
  const on = PHASES.filter((_, at) => currents_a[at] > 0).join(", ");
  return `${words[0].toUpperCase()}${words.slice(1)}, ${Math.max(...currents_a)} A on ${on}`;
}

const appliance = (item) => {
  const one = toggle(spoken(item), (on) => ask("sim/world", { appliances: { [item.name]: on } }));
  return { root: one.root, update: ({ on }) => one.update(on) };
};

function house() {
  let now = [0, 0, 0];
  const change = (phase, load_a) => ask("sim/world", { house_a: now.map((a, at) => (at === phase ? load_a : a)) });
  const base = PHASES.map((name, phase) =>
    slider(`House on ${name}`, { ...AMPS, max: 40, step: 0.5 }, (a) => change(phase, a)));
  const things = h("div");
  const appliances = keyed(things, ({ name }) => name, appliance);
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
      group("House", things, ...base.map((one) => one.root)),
      group("Sun and mains meter", sun.root, h("p", { class: "label", text: "Mains meter" }), meter.root),
    ),
    update(world) {
      now = world.house_a;
      appliances(Object.entries(world.appliances).map(([name, one]) => ({ name, ...one })));
      base.forEach((one, at) => one.update(now[at]));
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
