// The page: parts that are built once and told every new status.

import { keyed, say } from "./dom.js";
import { evseCard } from "./evse.js";
import { listen } from "./live.js";
import { meters } from "./meters.js";
import { simulator } from "./simulator.js";
import { connection, events, firmware, header, reservations, warnings, wishes } from "./station.js";

function evses() {
  const show = keyed(document.getElementById("evses"), ({ id }) => id, evseCard);
  return (status) => show(status.evses);
}

const parts = [header(), warnings(), evses(), connection(), reservations(), firmware(), meters(), wishes(), events(), simulator()];

function link(state) {
  document.body.dataset.link = state;
  const lost = "Connection to the station lost. The numbers below are old; trying again.";
  say(document.getElementById("lost"), state === "lost" ? lost : "");
}

listen((status) => parts.forEach((show) => show(status)), link);
