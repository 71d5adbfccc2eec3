// Somebody else's text on a page of Markdown means only itself.
import { expect, test } from "vitest";
import { codeLine, plainText } from "../../../src/story/plain-text.ts";

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ["&lt;script&gt;", "&amp;lt;script&amp;gt;"],
  ["`rm -rf`", "\\`rm -rf\\`"],
  ["a|b", "a\\|b"],
  ["a\\|b", "a\\\\\\|b"],
  ["[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"],
  ["![x](http://evil.example/p.png)", "!\\[x\\](http\\://evil.example/p.png)"],
  ["evil\u202Egpj.exe", "evil⟨U+202E⟩gpj.exe"],
  ["pay\u200Bpal", "pay⟨U+200B⟩pal"],
  ["a\u{E0041}b", "a⟨U+E0041⟩b"],
  ["a\u{D800}b", "a⟨U+D800⟩b"],
  ["a\u0000\u001B[31mb\u0085c", "a\\[31mbc"],
  ["a\nb\r\n\r\n# c\u2028d", "a b # c d"],
  ["# title", "\\# title"],
  ["- item", "\\- item"],
  ["1. item", "1\\. item"],
  ["@channel, nginx@sha256:ab", "&#64;channel, nginx@sha256:ab"],
  ["www.evil.example, WWW.evil.example", "www\\.evil.example, WWW\\.evil.example"],
  ["pay@evil.example, a+b@evil.co.example", "pay⟨U+0040⟩evil.example, a+b⟨U+0040⟩evil.co.example"],
  ["mailto:pay@evil.example", "mailto:pay⟨U+0040⟩evil.example"],
  ["**bold** _it_ ~~no~~", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~"],
  ["network.tls_timeout _x", "network.tls_timeout \\_x"],
  ["längste Größe 名前 🐳", "längste Größe 名前 🐳"],
])("%j is written as %j", (text, written) => {
  expect(plainText(text)).toBe(written);
});

test("a text of 10 kB is cut, and says how long it was", () => {
  const written = plainText("x".repeat(10_240));

  expect(written).toBe(`${"x".repeat(500)}… \\[cut: 10240 characters\\]`);
});

test("in a block of code nothing can be escaped: what could end it is shown by its number", () => {
  const written = codeLine("```\n<b>add chain=forward\u202E & `x`");

  expect(written).toBe(
    "⟨U+0060⟩⟨U+0060⟩⟨U+0060⟩ ⟨U+003C⟩b⟨U+003E⟩add chain=forward⟨U+202E⟩ ⟨U+0026⟩ ⟨U+0060⟩x⟨U+0060⟩",
  );
});
