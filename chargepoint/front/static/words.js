// Numbers and states in the words people use.

const dash = "–";
const minus = (text) => text.replace("-", "−");

export const number = (value, digits) => (value == null ? dash : minus(value.toFixed(digits)));
export const amps = (value) => `${number(value, 1)} A`;
export const watts = (value) =>
  value == null ? dash : Math.abs(value) < 1000 ? `${number(value, 0)} W` : `${number(value / 1000, 1)} kW`;
export const energy = (value) => (value == null ? dash : `${number(value / 1000, 2)} kWh`);

/** How old a reading is; a fresh one is not worth a number that changes all the time. */
export function age(seconds) {
  if (seconds == null) return "no reading yet";
  if (seconds < 3) return "live";
  if (seconds < 120) return `${Math.round(seconds)} s old`;
  return `${Math.round(seconds / 60)} min old`;
}

/** Time of day, with the date where it is not today's. */
export function clock(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.toLocaleDateString([], { day: "numeric", month: "short" })} ${time}`;
}

const SESSIONS = {
  idle: ["Free", "idle"],
  plugged: ["Waiting for a card", "waiting"],
  authorized: ["Waiting for the car", "waiting"],
  active: ["Ready, not charging", "waiting"],
  stopped: ["Finished, unplug the car", "waiting"],
  detached: ["Cable pulled at the car", "waiting"],
};

const STATUSES = {
  Unavailable: ["Out of service", "off"],
  Faulted: ["Fault", "fault"],
  Reserved: ["Reserved", "off"],
  SuspendedEV: ["Paused by the car", "waiting"],
  SuspendedEVSE: ["Paused by the station", "waiting"],
};

/** Return [words, kind] for the state of an EVSE; kind is one of the page's colours. */
export function state(evse) {
  if (evse.fault) return ["Fault", "fault"];
  if (evse.charging) return ["Charging", "on"];
  for (const { status } of evse.connectors) if (STATUSES[status]) return STATUSES[status];
  const first = evse.connectors[0];
  return SESSIONS[evse.session] ?? [first ? first.status : dash, "idle"];
}

const MIN_OFFER_A = 6;

/** Return [before, source, after]: which limit holds, as one sentence around its name. */
export function why(evse) {
  const limit = evse.limits.find(({ source }) => source === evse.binding);
  const level = limit && amps(limit.limit_a);
  if (evse.binding == null) return [evse.offer_a > 0 ? "No limit holds." : "Nothing is offered.", "", ""];
  if (evse.offer_a > 0) return [`Held at ${amps(evse.offer_a)} by `, evse.binding, "."];
  if (!limit) return ["Nothing is offered: ", evse.binding, "."];
  if (limit.limit_a < MIN_OFFER_A) return ["", evse.binding, ` leaves ${level}, less than the 6 A a car needs.`];
  return [`Nothing is offered now. Up to ${level} would be, held by `, evse.binding, "."];
}

const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** What a limit says beside its amperes: how many phases it allows, and until when. */
export function limitNote({ phases, until }) {
  const parts = phases < 3 ? [`${many(phases, "phase")} at most`] : [];
  if (until) parts.push(`until ${clock(until)}`);
  return parts.join(", ");
}

/** On how many phases, and on how many of them the car draws where that is fewer. */
export function onPhases({ phases, phases_used }) {
  const uses = phases_used != null && phases_used < phases ? `, the car uses ${phases_used}` : "";
  return `on ${many(phases, "phase")}${uses}`;
}

export const times = (count) => many(count, "time");

/** A source without its numbers, so that a screen reader hears who holds, not every reading. */
export const kindOf = (source) => source.replace(/[-\d./,]+( ?A)?/g, " ").replace(/\s+/g, " ").trim();

/** A whole, rounded top for a scale that shows all of `values`. */
export const scaleTop = (values, least) =>
  Math.max(least, ...values.filter(Number.isFinite).map((value) => Math.ceil(Math.abs(value) / 8) * 8));
