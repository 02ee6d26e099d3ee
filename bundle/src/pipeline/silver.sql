-- Typed rows that passed the checks. A row that breaks an expectation is dropped and counted.

CREATE OR REFRESH STREAMING TABLE silver.scout.transactions (
  CONSTRAINT valid_id EXPECT (transaction_id IS NOT NULL AND transaction_id RLIKE '^TXN[0-9]{10}$') ON VIOLATION DROP ROW,
  CONSTRAINT positive_amount EXPECT (amount IS NOT NULL AND amount > 0) ON VIOLATION DROP ROW,
  CONSTRAINT known_agency EXPECT (agency IS NOT NULL AND agency IN ('RIM', 'CKVC', 'BOM', 'JPAL', 'JLI', 'JAP', 'LAS', 'RMQB')) ON VIOLATION DROP ROW,
  CONSTRAINT valid_date EXPECT (transaction_date IS NOT NULL) ON VIOLATION DROP ROW
)
COMMENT 'Scout transactions that passed the checks; an id may stand here more than once'
TBLPROPERTIES ('quality' = 'silver')
AS SELECT
  transaction_id,
  agency,
  try_cast(transaction_date AS DATE) AS transaction_date,
  try_cast(amount AS DECIMAL(18, 2)) AS amount,
  coalesce(category, 'UNCATEGORIZED') AS category,
  vendor_id,
  try_cast(exported_at AS TIMESTAMP) AS exported_at,
  export_id,
  source_file,
  ingested_at
FROM STREAM(bronze.scout.transactions);

-- Scout sends a transaction again when it was corrected, and sometimes for no reason. A stream only
-- adds rows, so all copies stay in the table above and the newest one is picked here: by the time of
-- its export, then by the name of the file.
CREATE OR REFRESH MATERIALIZED VIEW silver.scout.latest_transactions
COMMENT 'The newest copy of each transaction'
TBLPROPERTIES ('quality' = 'silver')
AS SELECT
  transaction_id,
  agency,
  transaction_date,
  amount,
  category,
  vendor_id,
  exported_at,
  export_id
FROM silver.scout.transactions
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY exported_at DESC, source_file DESC) = 1;
