/** Building nodes: text stays text, attributes are set by name, nothing is parsed as markup. */

export type Child = Node | string | null | undefined;

/** Attributes by name; `false`, `null` and `undefined` leave one out, `true` sets it empty. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

/** Return a new HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Return a new SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Return a button in our style that does something when it is pressed. */
export function button(
  words: string,
  press: () => void,
  signal: AbortSignal,
  { class: extra = '', ...attributes }: Attributes = {}
): HTMLButtonElement {
  const made = h('button', { type: 'button', class: `headroom-button ${extra}`.trimEnd(), ...attributes }, words);
  on(made, 'click', press, signal);
  return made;
}

/** Return a button that is on or off, and says so. */
export function toggle(
  words: string,
  pressed: boolean,
  change: (pressed: boolean) => void,
  signal: AbortSignal
): HTMLButtonElement {
  const press = (): void => {
    const now = made.getAttribute('aria-pressed') !== 'true';
    set(made, { 'aria-pressed': String(now) });
    change(now);
  };
  const made = button(words, press, signal, { 'aria-pressed': String(pressed) });
  return made;
}

/** Set attributes; those that `h` would leave out stay as they are. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
}

/** Listen until the signal aborts. */
export function on<K extends keyof HTMLElementEventMap>(
  target: Element,
  type: K,
  hear: (event: HTMLElementEventMap[K]) => void,
  signal: AbortSignal,
  options: AddEventListenerOptions = {}
): void {
  target.addEventListener(type, hear as EventListener, { ...options, signal });
}

/** Call something when a signal aborts. */
export function atEnd(signal: AbortSignal, act: () => void): void {
  signal.addEventListener('abort', act, { once: true });
}

/** Return a controller that ends with a signal, or before. */
export function branch(signal: AbortSignal): AbortController {
  const made = new AbortController();
  signal.addEventListener(
    'abort',
    () => {
      made.abort();
    },
    { signal: made.signal }
  );
  return made;
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  set(element, attributes);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}
