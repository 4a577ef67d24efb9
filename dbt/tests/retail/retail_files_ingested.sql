{{ config(severity='warn') }}
-- valid_file_ingestion: a refused file is no reason to keep yesterday's figures, but somebody has to be told.
select source_file, failed_rules, detail from {{ ref('retail_quarantined') }} where kind = 'file'
