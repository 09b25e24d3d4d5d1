// Asking the station for something, and telling the person when it refuses.

const SHOWN_MS = 6_000;
let fading;

export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => (place.textContent = ""), SHOWN_MS);
}

async function problem(response) {
  try {
    return (await response.json()).error;
  } catch {
    return `the station answered ${response.status}`;
  }
}

/** POST `body` to the API's `path`; return whether the station took it. */
export async function ask(path, body = {}) {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return true;
    toast(`Not done: ${await problem(response)}`);
  } catch {
    toast("Not done: the station does not answer");
  }
  return false;
}
