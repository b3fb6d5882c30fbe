import assert from "node:assert/strict";
import { test } from "node:test";
// Another name, because formatters rewrite templates that are tagged html.
import { html as markup, unsafeHtml } from "./html_template.js";

test("escapes values in text and attributes", () => {
  const value = `<img src=x onerror="a('&')">`;
  const safe = "&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;";
  assert.equal(
    String(markup`<p title="${value}">${value}</p>`),
    `<p title="${safe}">${safe}</p>`,
  );
});

test("does not escape nested templates, alone or in arrays", () => {
  const items = ["a", "<b>"].map((item) => markup`<li>${item}</li>`);
  assert.equal(
    String(markup`<ul>${items}${unsafeHtml("<hr>")}</ul>`),
    "<ul><li>a</li><li>&lt;b&gt;</li><hr></ul>",
  );
});

test("renders nothing for null, undefined and booleans, but does render 0", () => {
  const nothing = [null, undefined, false, true];
  assert.equal(String(markup`[${nothing}|${0}|${""}]`), "[|0|]");
});

test("an object from JSON cannot pose as safe markup", () => {
  const forged = JSON.parse('{"text": "<script>", "toString": 1}');
  assert.throws(() => markup`<p>${forged}</p>`, TypeError);
});

test("refuses places where escaping does not help", () => {
  const x = "x onclick=y";
  assert.throws(() => markup`<a class="${x}" href=${x}></a>`, TypeError);
  assert.throws(() => markup`<a title="1 > 0" ${x}></a>`, TypeError);
  assert.throws(() => markup`<${x}>`, TypeError);
  assert.throws(() => markup`<script>f("${x}")</script>`, SyntaxError);
  assert.throws(() => markup`<STYLE>\n a { color: ${x} }</STYLE>`, SyntaxError);
});

test("accepts quoted attributes, conditional attributes and plain text", () => {
  const link = markup`<a href="/?q=${1}&p=${2}" title='${3}'>it's a=${4}</a>`;
  assert.equal(String(link), `<a href="/?q=1&p=2" title='3'>it's a=4</a>`);
  const box = (on) => String(markup`<input ${on && markup`checked`}>`);
  assert.deepEqual([box(true), box(false)], ["<input checked>", "<input >"]);
  const after = markup`<script src="a.js"></script><p>${"b"}</p>`;
  assert.equal(String(after), `<script src="a.js"></script><p>b</p>`);
});
