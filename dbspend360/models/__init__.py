"""The words of the business: views, groupings, sums. No database and no web in here."""
