"""Measures in points, and the light colours of `assets/tokens.css`."""

from reportlab.lib.pagesizes import A4, landscape

PAGE = landscape(A4)
LEFT, TOP, BOTTOM = 36.0, 32.0, 42.0  # margins; the footer stands in the last
WIDTH = PAGE[0] - 2 * LEFT

INK = "#14181f"
INK_2 = "#4a5261"
INK_3 = "#626b7a"
LINE = "#e7e9ee"
BAD = "#c62828"
BAD_BG = "#fdf1f0"
GOOD = "#187444"
QUIET = "#a9afba"
BAND = "#eceff4"
TAG = "#eef0f4"
CARD = "#ffffff"
DATABRICKS = "#3f51cf"
EC2 = "#35b3a2"

WAY = {"worse": BAD, "better": GOOD, "same": INK_3}
