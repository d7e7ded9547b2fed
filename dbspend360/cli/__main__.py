"""`python -m dbspend360.cli`."""

from dbspend360.cli import main

main()
