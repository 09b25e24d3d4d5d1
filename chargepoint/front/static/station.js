// What belongs to the whole station: name, mode, central system, wishes, events.

import { ask, toast } from "./ask.js";
import { button, choice, field, segmented } from "./controls.js";
import { h, keyed, mark, say } from "./dom.js";
import { clock } from "./words.js";

const MODES = [["normal", "Normal"], ["smart", "Smart"], ["solar", "Solar"]];
const EVENTS_SHOWN = 50;
const $ = (id) => document.getElementById(id);

/** Name and make of the station, and the mode buttons. */
export function header() {
  const modes = segmented($("mode"), MODES, (mode) => ask("mode", { mode }));
  return (status) => {
    const { station_id, vendor, model, firmware_version, availability } = status;
    say($("station-id"), station_id);
    const out = /^operative$/i.test(availability) ? "" : availability;
    const make = vendor === model ? vendor : `${vendor} ${model}`;
    say($("station-make"), [make, firmware_version, out].filter(Boolean).join(" · "));
    document.title = `${station_id} – charge point`;
    modes.update(status.mode);
  };
}

/** Warnings, each a line. */
export function warnings() {
  const lines = keyed($("warnings"), (text) => text, (text) => ({
    root: h("li", { text }),
    update() {},
  }));
  return (status) => lines([...new Set(status.warnings)]);
}

function headline({ url, connected, version, registration }) {
  if (url == null && !connected) return "On its own";
  if (!connected) return "Offline";
  if (registration === "Accepted") return `Connected, OCPP ${version}`;
  return `OCPP ${version}, not yet accepted`;
}

/** Which network profile is in use, or how often it was tried; the others in their order. */
function way({ connected, network: { slot, security_profile, attempt, attempts, order } }) {
  const profile = `Network profile ${slot}, security profile ${security_profile}`;
  const tries = connected ? "" : `, attempt ${attempt} of ${attempts}`;
  return profile + tries + (order.length > 1 ? `, order ${order.join(", ")}` : "");
}

/** The connection to the central system, and the switch to leave it. */
export function connection() {
  const line = h("p", { class: "link" });
  const address = h("p", { class: "quiet address" });
  const network = h("p", { class: "quiet network" });
  const reason = h("p", { class: "quiet reason" });
  const queue = h("p", { class: "queue" });
  const leave = button("Disconnect", () => ask("ocpp/disconnect"));
  const enter = button("Connect", () => ask("ocpp/connect"));
  const buttons = h("div", { class: "buttons" }, leave, enter);
  $("connection").append(line, address, network, queue, reason, buttons);
  return ({ ocpp }) => {
    say(line, headline(ocpp));
    mark(line, "data-connected", ocpp.connected && ocpp.registration === "Accepted");
    say(address, ocpp.url ?? "No central system is configured");
    say(network, ocpp.network == null ? "" : way(ocpp));
    say(reason, ocpp.connected ? `Registration ${ocpp.registration.toLowerCase()}` : (ocpp.why ?? ""));
    const messages = ocpp.queued === 1 ? "message waits" : "messages wait";
    say(queue, ocpp.queued === 0 ? "Nothing waits to be delivered" : `${ocpp.queued} ${messages} to be delivered`);
    mark(queue, "data-waiting", ocpp.queued > 0);
    mark(leave, "disabled", ocpp.url == null);
    mark(enter, "disabled", ocpp.url == null || ocpp.connected);
  };
}

/** Who is expected where, and until when; nothing while nobody is. */
export function reservations() {
  const list = h("ul", { class: "reservations", role: "list" });
  $("reservations").append(list);
  const lines = keyed(list, ({ id }) => id, () => {
    const root = h("li");
    return {
      root,
      update({ evse_id, connector_type, id_token, until }) {
        const place = evse_id == null ? `any EVSE ${connector_type ?? ""}`.trim() : `EVSE ${evse_id}`;
        say(root, `${place} for ${id_token} until ${clock(until)}`);
      },
    };
  });
  return (status) => {
    $("reservations").hidden = status.reservations.length === 0;
    lines(status.reservations);
  };
}

/** The last firmware update, running or over; nothing before the first one. */
export function firmware() {
  const line = h("p", { class: "update" });
  const reason = h("p", { class: "quiet" });
  const from = h("p", { class: "quiet source" });
  $("firmware").append(line, reason, from);
  return ({ firmware: update }) => {
    $("firmware").hidden = update == null;
    if (update == null) return;
    const until = update.until == null ? "" : ` until ${clock(update.until)}`;
    say(line, update.text[0].toUpperCase() + update.text.slice(1) + until);
    say(reason, update.why ?? "");
    say(from, `${update.signed ? "Signed" : "Unsigned"}, ${update.source}, since ${clock(update.since)}`);
  };
}

const evseChoice = () => choice("EVSE", [["", "All"]]);

function fillEvses({ root, select }, evses) {
  root.hidden = evses.length < 2;
  const wanted = ["", ...evses.map(({ id }) => String(id))];
  if ([...select.options].map(({ value }) => value).join() === wanted.join()) return;
  select.replaceChildren(...wanted.map((id) => h("option", { value: id, text: id || "All" })));
}

const form = (submit, ...children) =>
  h("form", { class: "form", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } }, ...children);

/** The card reader and the local user's limit. */
export function wishes() {
  const card = field("Card", { type: "text", maxlength: 36, autocomplete: "off", spellcheck: "false", placeholder: "04AB12CD" });
  const where = evseChoice();
  const limit = field("Limit in A", { type: "number", min: 0, max: 80, step: "any", inputmode: "decimal", placeholder: "16" });
  const whose = evseChoice();

  function present() {
    const id_token = card.input.value.trim();
    if (!id_token) return toast("Which card? Type its number");
    const evse_ids = where.select.value ? [Number(where.select.value)] : [];
    return ask("authorize", { id_token, evse_ids });
  }
  const on = () => (whose.select.value ? { evse_id: Number(whose.select.value) } : {});
  function hold() {
    const limit_a = limit.input.valueAsNumber;
    if (!Number.isFinite(limit_a)) return toast("Which limit? Type amperes");
    return ask("override", { limit_a, ...on() });
  }
  async function clear() {
    if (await ask("override", { limit_a: null, ...on() })) limit.input.value = "";
  }

  $("wishes").append(
    form(present, card.root, where.root, h("button", { class: "button", text: "Hold to reader" })),
    form(
      hold,
      limit.root,
      whose.root,
      h("div", { class: "buttons" }, h("button", { class: "button", text: "Set" }), button("Clear", clear)),
    ),
  );
  return ({ evses }) => {
    fillEvses(where, evses);
    fillEvses(whose, evses);
  };
}

/** The last events, newest first. */
export function events() {
  const list = h("ol", { class: "events", tabindex: "0", role: "list", "aria-labelledby": "events-title" });
  const empty = h("p", { class: "quiet", text: "Nothing yet." });
  $("events").append(empty, list);
  let newest = "";
  return (status) => {
    const latest = status.events.slice(-EVENTS_SHOWN).reverse();
    const mine = JSON.stringify(latest);
    if (mine === newest) return;
    newest = mine;
    empty.hidden = latest.length > 0;
    const many = status.evses.length > 1;
    list.replaceChildren(...latest.map((event) => eventLine(event, many)));
  };
}

function eventLine({ at, text, evse_id }, many) {
  const where = many && evse_id > 0 ? `EVSE ${evse_id}: ` : "";
  return h("li", {}, h("time", { datetime: at, text: clock(at) }), h("span", { text: where + text }));
}
