"""How every page of plain HTML begins, up to what is in its main part."""

from markupsafe import Markup

PLAIN_HEAD = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · DBSpend360</title>
{links}
</head>
<body>
<header class="header"><a class="header__name" href="/">DBSpend360</a></header>
<main class="page {kind}">
"""
)
