-- What the data covers: one row; no dates when there is not one record.
SELECT
    MIN(usage_date) AS first_date,
    MAX(usage_date) AS last_date,
    COUNT(*)        AS records
FROM spends
