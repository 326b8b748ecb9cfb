// @vitest-environment jsdom
// The sanitiser needs a document that parses as browsers do.

import { expect, test } from "vitest";
import { renderMarkdown } from "./render";

test("Markdown becomes HTML", () => {
  expect(renderMarkdown("**bold** and `code`")).toContain("<strong>bold</strong> and <code>code</code>");
  expect(renderMarkdown("| a |\n|---|\n| 1 |")).toContain("<table>");
});

test.each([
  "<script>alert(1)</script>",
  '<img src="x" onerror="alert(1)">',
  "[x](javascript:alert(1))",
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe src="https://example.com"></iframe>',
  '<form action="/api"><button>x</button></form>',
  '<div style="position:fixed;inset:0">x</div>',
  "<svg><script>alert(1)</script></svg>",
  '<input type="password">',
])("%s is made harmless", (text) => {
  expect(renderMarkdown(text)).not.toMatch(
    /script|onerror|javascript:|data:text|<iframe|<form|<button|style=|password/,
  );
});

test("links leave in another tab and tell nothing of where they were", () => {
  expect(renderMarkdown("[a](https://example.com)")).toMatch(/target="_blank".*rel="noopener noreferrer nofollow"/);
});

test("the boxes of a task list can be read, not clicked", () => {
  expect(renderMarkdown("- [x] done")).toMatch(/<input[^>]*disabled/);
});
