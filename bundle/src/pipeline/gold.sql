-- What finance reads: one row an agency and month, and the same by category.

CREATE OR REFRESH MATERIALIZED VIEW gold.bir.monthly_totals
COMMENT 'BIR totals of an agency in a month; period is the first day of the month'
TBLPROPERTIES ('quality' = 'gold')
AS SELECT
  agency,
  CAST(trunc(transaction_date, 'MM') AS DATE) AS period,
  count(*) AS transaction_count,
  count(DISTINCT vendor_id) AS vendor_count,
  sum(amount) AS total_amount,
  sum(CASE WHEN category = 'WITHHOLDING_TAX' THEN amount ELSE 0 END) AS withholding_tax,
  sum(CASE WHEN category = 'INCOME_TAX' THEN amount ELSE 0 END) AS income_tax,
  sum(CASE WHEN category = 'VAT' THEN amount ELSE 0 END) AS vat
FROM silver.scout.latest_transactions
GROUP BY agency, CAST(trunc(transaction_date, 'MM') AS DATE);

CREATE OR REFRESH MATERIALIZED VIEW gold.bir.category_analysis
COMMENT 'What an agency paid in a month, by category'
TBLPROPERTIES ('quality' = 'gold')
AS SELECT
  agency,
  CAST(trunc(transaction_date, 'MM') AS DATE) AS period,
  category,
  count(*) AS transaction_count,
  sum(amount) AS total_amount,
  CAST(avg(amount) AS DECIMAL(18, 2)) AS average_amount,
  min(amount) AS smallest_amount,
  max(amount) AS largest_amount
FROM silver.scout.latest_transactions
GROUP BY agency, CAST(trunc(transaction_date, 'MM') AS DATE), category;
