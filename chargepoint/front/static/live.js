// The status as it changes: one EventSource, and what to do when it falls silent.

const SILENCE_MS = 20_000;
const RETRY_MS = 2_000;
const ANSWER_MS = 5_000;

/** Call `show(status)` at every change and `link("live" | "lost")` when that changes. */
export function listen(show, link) {
  let source;
  let silence;

  function connect() {
    clearTimeout(silence);
    source?.close();
    source = new EventSource("/api/v1/events");
    source.addEventListener("message", (event) => {
      link("live");
      show(JSON.parse(event.data));
      watch();
    });
    source.addEventListener("error", () => {
      link("lost");
      clearTimeout(silence);
      // A refusal ends an EventSource for good; a broken line it mends by itself.
      if (source.readyState === EventSource.CLOSED) silence = setTimeout(connect, RETRY_MS);
    });
  }

  function watch() {
    clearTimeout(silence);
    silence = setTimeout(ask, SILENCE_MS);
  }

  // Silence is normal when nothing changes, so ask before crying.
  async function ask() {
    try {
      await fetch("/healthz", { signal: AbortSignal.timeout(ANSWER_MS) });
      watch();
    } catch {
      link("lost");
      connect();
    }
  }

  addEventListener("online", connect);
  connect();
}
