-- The days on which something ended that is judged, oldest first.
SELECT DISTINCT last_date
FROM judged_costs
WHERE last_date >= :first_date
  AND first_date <= :last_date
  AND (NOT is_day OR runs > 1)
ORDER BY last_date
LIMIT :most
