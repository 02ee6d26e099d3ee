-- Every row of every Scout export, as it was sent. Each update reads the files that are new.

CREATE OR REFRESH STREAMING TABLE bronze.scout.transactions
COMMENT 'Rows of the Scout exports as they were sent, with the export they came in'
TBLPROPERTIES ('quality' = 'bronze')
AS SELECT
  transaction_id,
  agency,
  transaction_date,
  amount,
  category,
  vendor_id,
  exported_at,
  replace(_metadata.file_name, '.jsonl', '') AS export_id,
  _metadata.file_path AS source_file,
  current_timestamp() AS ingested_at
FROM STREAM read_files(
  '${landing}',
  format => 'json',
  schema => 'transaction_id STRING, agency STRING, transaction_date STRING, amount STRING, category STRING, vendor_id STRING, exported_at STRING'
);
