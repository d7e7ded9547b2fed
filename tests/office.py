"""LibreOffice without a screen: what a spreadsheet program makes of a workbook."""

import re
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook

_CACHED = re.compile(rb"(</f>)<v>[^<]*</v>")


def forgetting_results(source: Path, target: Path) -> Path:
    """The same workbook with formulas that nobody has worked out yet."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, _CACHED.sub(rb"\1", old.read(name)))
    return target


def recalculated(source: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice opens it, works it out and saves it."""
    bare = forgetting_results(source, folder / "bare.xlsx")
    program = shutil.which("soffice") or shutil.which("libreoffice") or "soffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    saved = folder / "saved"
    command = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(saved)]
    subprocess.run([*command, str(bare)], check=True, capture_output=True, timeout=180)
    with warnings.catch_warnings():
        # openpyxl does not read the dates that LibreOffice writes into a chart.
        warnings.filterwarnings("ignore", message="Unable to read chart")
        return load_workbook(saved / bare.name, data_only=True)
