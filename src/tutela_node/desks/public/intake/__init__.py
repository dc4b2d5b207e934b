"""The report, one question a page, and the page that tells what became of it.

`questions` (what is asked and what counts as an answer) · `draft` (what the browser carries, sealed) · `flow` (from one
page to the next) · `keeping` (a drop before the page is shown) · `views`, `status` (the two addresses).
"""
