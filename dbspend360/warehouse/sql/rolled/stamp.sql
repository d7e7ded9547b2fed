-- Which roll-ups are there and whole: one row.
SELECT edition, version, previous_version, layout
FROM rolled.stamp
