"""A view as a printed report: A4, to be read on paper by whoever pays.

`document.py` puts it together: `head.py` fills the templates, `charts.py` draws, `table.py` lays
out the rows. All of them write their texts with `ink.py`, as `typesetting.py` sets them, in the
fonts of `fonts.py`. What it is built on is slow to import: take `document` only for a report.
"""

MOST_ROWS = 10_000  # printed; nobody reads more on paper, and few programs would open it
