-- The same as they were found at import, from the first day that a run of the days may begin on.
SELECT *
FROM rolled.norms
WHERE first_date > :first_date - :longest
  AND first_date <= :last_date
