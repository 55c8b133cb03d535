# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # PDFs
#
# A provider bills a page of a PDF as its text and an image of it. Most pages are text and nothing else: sent as that
# text, a page costs a third, without a reading error. This notebook counts a PDF, sends it page by page, and overrules
# single pages. The PDF is made here, by code: six pages of a bicycle hire's report.

# %%
# %load_ext headroom_nb
from pathlib import Path
from tempfile import mkdtemp

import headroom_nb
from headroom_nb.demo.pdf import report

folder = Path(mkdtemp())
(folder / "report.pdf").write_bytes(report())
path = folder / "report.pdf"

# %% [markdown]
# ## What it costs
#
# Nothing is drawn or sent to find out. Where a provider's sources leave a range, the range is given.

# %%
headroom_nb.compare(
    path, ["claude-opus-5-5", "claude-haiku-4-5", "gpt-5.6-sol", "gemini-3.5-flash", "gemini-2.5-flash"]
)

# %%
estimate = headroom_nb.estimate(path, "gpt-5.6-sol")
estimate.tokens, estimate.bounds

# %% [markdown]
# ## Page by page
#
# `user_message` writes the provider's own document block. The text of a page is sent where it can be read from the file
# and is all there is on the page; figures, tables and forms come along as images; a scan goes through the stages of
# images. Open the first cell of the row to see every page.

# %%
message = headroom_nb.user_message("Translate the whole report into French.", path, provider="anthropic")
result = headroom_nb.compress([message], model="claude-opus-5-5")
result

# %%
document = result.documents[0]
for page in document.pages:
    print(f"page {page.number}: {page.form}, {page.original_tokens:,} → {page.compressed_tokens:,} tokens; {page.why}")

# %% [markdown]
# What stands in the message now: one text with a mark at each page, then the images that it names.

# %%
print(document.parts[0].text[:700])

# %% [markdown]
# ## See a page as the model does
#
# `view --page` draws pages at the size that the model sees. `tiles --page` opens one page with the model's tiles over
# it. Both take a TIFF of several pages as well.

# %%
# %headroom view path --page 2-3 --model claude-opus-5-5

# %%
# %headroom tiles path --page 3 --model gpt-5.6-sol

# %% [markdown]
# ## Pages by question
#
# A question that names a page, a table or a section gets those pages. A question about one fact is searched for in the
# text, unless `quality="safe"`. The result always says which pages were sent.

# %%
for question in (
    "What does page 4 say about helmets?",
    "Which station has the highest income in Table 1?",
    "When was the hire station opened with forty bicycles?",
):
    asked = headroom_nb.user_message(question, path, provider="anthropic")
    found = headroom_nb.compress([asked], model="claude-opus-5-5").documents[0]
    sent = [page.number for page in found.pages if str(page.form) != "left out"]
    print(f"{question}\n  pages {sent}, {found.original_tokens:,} → {found.compressed_tokens:,} tokens")

# %% [markdown]
# ## By hand
#
# `pages="1,3"` chooses pages; `override_document` changes single pages of a result.

# %%
chosen = headroom_nb.compress([message], model="claude-opus-5-5", pages="1,3")
[str(page.form) for page in chosen.documents[0].pages]

# %%
kept = result.override_document("report.pdf", forms={1: "page", 6: "left out"})
[str(page.form) for page in kept.documents[0].pages]

# %% [markdown]
# ## Where the whole is cheaper
#
# Gemini bills 258 or 560 tokens a page and nothing for its text. A dense page stays as it is. Pages of text alone go
# out at the low level, where their text is still sent whole.

# %%
same = headroom_nb.user_message("Translate the whole report into French.", path, provider="google")
for model in ("gemini-3.5-flash", "gemini-2.5-flash"):
    found = headroom_nb.compress([same], model=model).documents[0]
    print(f"{model}: {found.original_tokens:,} → {found.compressed_tokens:,}; {found.note}")

# %% [markdown]
# ## A limit on the time
#
# A page may take `max_page_seconds`, a document `max_document_seconds`. Pages that are not reached in time are sent as
# they are, and the note of the document names them. Here the limit is so short that no page is.

# %%
from headroom_nb import Limits

hurried = headroom_nb.compress([message], model="claude-opus-5-5", limits=Limits(max_document_seconds=0.001))
print(hurried.documents[0].note)

# %% [markdown]
# ## What a provider would refuse

# %%
headroom_nb.check([message], "claude-opus-5-5")

# %% [markdown]
# More: [PDFs](../docs/pdfs.md) in the documentation, with every block that is read and every rule.
