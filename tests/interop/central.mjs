// A central system of other people's making: the npm package ocpp-rpc in strict mode.
// One JSON object a line: orders come in on stdin, what happens goes out on stdout.
//
//   orders   {"order": "call", "number": 1, "action": "Reset", "payload": {...}}
//            {"order": "cut"}                    the lines break, as when a cable is pulled
//            {"order": "refuse", "refuse": true} new connections get a 503, or not any more
//   news     listening {port}, connected {protocol, identity}, disconnected, call {action, payload},
//            answer {number, result | error}, complaint {why}
import { createInterface } from "node:readline";
import { RPCServer, createRPCError } from "ocpp-rpc";

const tell = (news, more = {}) => process.stdout.write(JSON.stringify({ news, ...more }) + "\n");
const now = () => new Date().toISOString();
const accepted = { status: "Accepted" };

let transactions = 0;
const answers = {
  "ocpp1.6": {
    Authorize: () => ({ idTagInfo: accepted }),
    BootNotification: () => ({ ...accepted, currentTime: now(), interval: 300 }),
    DiagnosticsStatusNotification: () => ({}),
    FirmwareStatusNotification: () => ({}),
    Heartbeat: () => ({ currentTime: now() }),
    MeterValues: () => ({}),
    SecurityEventNotification: () => ({}),
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: accepted }),
    StatusNotification: () => ({}),
    StopTransaction: () => ({}),
  },
  "ocpp2.0.1": {
    Authorize: () => ({ idTokenInfo: accepted }),
    BootNotification: () => ({ ...accepted, currentTime: now(), interval: 300 }),
    Heartbeat: () => ({ currentTime: now() }),
    MeterValues: () => ({}),
    LogStatusNotification: () => ({}),
    NotifyEvent: () => ({}),
    NotifyReport: () => ({}),
    ReportChargingProfiles: () => ({}),
    ReservationStatusUpdate: () => ({}),
    SecurityEventNotification: () => ({}),
    StatusNotification: () => ({}),
    TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: accepted } : {}),
  },
};

const server = new RPCServer({ protocols: ["ocpp2.0.1", "ocpp1.6"], strictMode: true });
const clients = new Set();
let refuses = false;

server.auth((accept, reject) => (refuses ? reject(503, "come back later") : accept()));

server.on("client", (client) => {
  clients.add(client);
  tell("connected", { protocol: client.protocol, identity: client.identity });
  client.on("strictValidationFailure", ({ outbound, method, error }) =>
    tell("complaint", { why: `${outbound ? "we" : "station"}, ${method}: ${error.message}` }),
  );
  client.on("badMessage", ({ error }) => tell("complaint", { why: `bad message: ${error.message}` }));
  client.on("disconnect", () => {
    clients.delete(client);
    tell("disconnected");
  });
  client.handle(({ method, params }) => {
    tell("call", { action: method, payload: params });
    const answer = answers[client.protocol][method];
    if (!answer) throw createRPCError("NotImplemented");
    return answer(params);
  });
});

const orders = {
  call: async ({ number, action, payload }) => {
    const [client] = clients;
    try {
      tell("answer", { number, result: await client.call(action, payload) });
    } catch (error) {
      tell("answer", { number, error: error.rpcErrorCode ?? String(error) });
    }
  },
  cut: () => clients.forEach((client) => client.close({ force: true })),
  refuse: ({ refuse }) => {
    refuses = refuse;
  },
};

const http = await server.listen(0, "127.0.0.1");
tell("listening", { port: http.address().port });
for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...details } = JSON.parse(line);
  orders[order](details);
}
await server.close({ force: true });
