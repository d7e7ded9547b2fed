-- The middle costs of the earlier runs and days of a job, for each day that one began on, USD.
SELECT *
FROM cost_norms
