// One charging point: the offer, who holds it there, and every other limit beside it.

import { h, keyed, mark, say } from "./dom.js";
import { amps, energy, kindOf, limitNote, number, onPhases, scaleTop, state, times, watts, why } from "./words.js";

const LEAST_SCALE_A = 32;
const FACTS = ["Energy", "Card", "Transaction", "Connectors", "Contactor closed", "Phases changed"];

function limitRow() {
  const source = h("span");
  const note = h("span", { class: "limit-note" });
  const who = h("span", { class: "limit-source" }, source, note);
  const bar = h("span", { class: "limit-bar" }, h("span"));
  const level = h("span", { class: "limit-level" });
  const root = h("li", {}, who, bar, level);
  return {
    root,
    update({ limit, binds, top }) {
      say(source, limit.source);
      say(note, limitNote(limit));
      say(level, amps(limit.limit_a));
      bar.firstChild.style.inlineSize = `${(100 * Math.min(limit.limit_a, top)) / top}%`;
      mark(root, "data-binds", binds);
      mark(root, "aria-current", binds);
    },
  };
}

function fact(name) {
  const value = h("dd", { text: "–" });
  return { root: h("div", {}, h("dt", { text: name }), value), say: (text) => say(value, text), value };
}

function sentence() {
  const [before, source, after] = [h("span"), h("strong"), h("span")];
  const root = h("p", { class: "why" }, before, source, after);
  return {
    root,
    update(words) {
      [before, source, after].forEach((part, at) => say(part, words[at]));
    },
  };
}

function ladder() {
  const list = h("ul", { class: "limits", role: "list", "aria-label": "Limits" });
  const rows = keyed(list, ({ at }) => at, limitRow);
  return {
    root: list,
    update({ limits, binding, offer_a }) {
      const top = scaleTop([...limits.map(({ limit_a }) => limit_a), offer_a], LEAST_SCALE_A);
      list.style.setProperty("--held", `${(100 * offer_a) / top}%`);
      const held = limits.findIndex(({ source }) => source === binding);
      rows(limits.map((limit, at) => ({ at, limit, top, binds: at === held })));
    },
  };
}

/** Return the card of one EVSE. */
export function evseCard({ id }) {
  const title = `evse-${id}`;
  const status = h("p", { class: "state" });
  const offer = h("span", { class: "offer-number" });
  const power = h("span", { class: "offer-power" });
  const phases = h("span", { class: "quiet" });
  const because = sentence();
  const spoken = h("p", { class: "unseen", "aria-live": "polite" });
  const choice = h("span", { class: "quiet" });
  const fault = h("p", { class: "fault", role: "alert" });
  const limits = ladder();
  const facts = FACTS.map(fact);
  const root = h(
    "article",
    { class: "card evse", "aria-labelledby": title },
    h("div", { class: "evse-head" }, h("h2", { id: title, text: `EVSE ${id}` }), status),
    h(
      "div",
      { class: "offer" },
      h("p", { class: "offer-amps" }, offer, h("span", { class: "offer-unit", text: "A" })),
      h("p", { class: "offer-side" }, power, phases, choice),
    ),
    fault,
    because.root,
    spoken,
    h("h3", { text: "Limits" }),
    limits.root,
    h("dl", { class: "facts" }, ...facts.map((one) => one.root)),
  );
  return {
    root,
    update(evse) {
      const [words, kind] = state(evse);
      say(status, words);
      mark(root, "data-state", kind);
      mark(root, "data-offered", evse.offer_a > 0);
      say(offer, number(evse.offer_a, 1));
      say(power, evse.charging ? watts(evse.power_w) : "");
      say(phases, onPhases(evse));
      because.update(why(evse));
      say(choice, evse.phases_because ?? "");
      say(spoken, evse.binding ? `${words}. Held by ${kindOf(evse.binding)}.` : `${words}.`);
      say(fault, evse.fault ?? "");
      limits.update(evse);
      const [register, card, transaction, connectors, closings, changes] = facts;
      register.say(energy(evse.energy_wh));
      card.say(evse.id_token ?? "–");
      transaction.say(evse.transaction_id ? shortId(evse) : "–");
      transaction.value.title = evse.transaction_id ?? "";
      connectors.say(evse.connectors.map((one) => `${one.id} ${one.status}`).join(", "));
      closings.say(times(evse.switches.contactor));
      changes.say(times(evse.switches.phases));
    },
  };
}

const shortId = ({ transaction_id, central_id }) =>
  central_id == null ? transaction_id.slice(0, 8) : `${transaction_id.slice(0, 8)} (${central_id})`;
