const ESCAPES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is already safe; only `html` and `unsafeHtml` make it. */
class SafeHtml {
  #text;
  constructor(text) {
    this.#text = text;
  }
  toString() {
    return this.#text;
  }
}

/**
 * Tag a template as HTML: every value is escaped, nested `html` is not.
 *
 * Arrays are joined; null, undefined and booleans render nothing, so
 * `${isAdmin && html`<b>admin</b>`}` works; 0 renders "0". The scheme of a URL
 * in `href` or `src` is not checked: an attacker's `javascript:` passes.
 *
 * @returns {SafeHtml} use `String(...)` or `element.innerHTML = ...`
 * @throws {SyntaxError | TypeError} where escaping could not protect: a value
 *   inside `<script>` or `<style>`, or in a tag but not between quotes
 */
export function html(strings, ...values) {
  const inTag = surveyed.get(strings) ?? survey(strings);
  const text = strings.reduce(
    (out, part, i) => out + render(values[i - 1], inTag[i - 1]) + part,
  );
  return new SafeHtml(text);
}

/** Mark text from a trusted source, such as a sanitizer, as markup. */
export function unsafeHtml(text) {
  return new SafeHtml(String(text));
}

function render(value, inTag = false) {
  if (value == null || typeof value === "boolean") return "";
  if (value instanceof SafeHtml) return value.toString();
  if (inTag) throw new TypeError(`put quotes around the value ${value}`);
  if (Array.isArray(value)) return value.map((item) => render(item)).join("");
  return String(value).replace(/[&<>"']/g, (char) => ESCAPES[char]);
}

const surveyed = new WeakMap(); // a template's strings are one object per call site

/** Tell for each value whether it stands in a tag outside of quotes. */
function survey(strings) {
  const inTag = [];
  let before = "";
  for (const part of strings.slice(0, -1)) {
    before += part;
    if (/<(script|style)\b(?!.*<\/\1)/is.test(before)) {
      throw new SyntaxError(`no values inside <script> or <style>: ${part}`);
    }
    inTag.push(/<\/?(?:[a-z](?:[^"'<>]|"[^"]*"|'[^']*')*)?$/i.test(before));
    before += "x";
  }
  surveyed.set(strings, inTag);
  return inTag;
}
