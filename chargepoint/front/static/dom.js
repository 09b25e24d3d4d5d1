// The smallest helpers over the DOM. Nothing here parses HTML, so texts stay texts.

/** Return an element: props are attributes, but `class`, `text` and `on…` mean what they say. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Change a text only when it differs, so that selections and live regions stay quiet. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set or remove an attribute; `null` and `false` remove it. */
export function mark(element, name, value) {
  if (value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}

/**
 * Keep one child of `parent` for each item: `make(item)` returns `{root, update}`, and
 * children with the same `key(item)` are updated in place, never rebuilt.
 */
export function keyed(parent, key, make) {
  let parts = new Map();
  return (items) => {
    const next = new Map();
    for (const item of items) {
      const part = parts.get(key(item)) ?? make(item);
      part.update(item);
      next.set(key(item), part);
    }
    for (const [id, part] of parts) if (!next.has(id)) part.root.remove();
    [...next.values()].forEach((part, at) => {
      if (parent.children[at] !== part.root) parent.insertBefore(part.root, parent.children[at] ?? null);
    });
    parts = next;
  };
}
