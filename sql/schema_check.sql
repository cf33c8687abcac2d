-- What the tables of a database are like, and what an earlier version lacks.

-- name: tables
SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()

-- name: schema_columns
-- Positions count, as MySQL and MariaDB name these columns differently.
SELECT table_name, column_name, data_type, column_type, is_nullable, column_default, character_maximum_length, datetime_precision,
       character_set_name, collation_name, extra, generation_expression
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position

-- name: schema_indexes
SELECT table_name, index_name, non_unique, column_name, sub_part
FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index

-- name: schema_tables
SELECT table_name, engine, table_type, row_format FROM information_schema.tables WHERE table_schema = DATABASE()

-- name: schema_triggers
SELECT event_object_table, trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name

-- name: read_format
SELECT format FROM service_state WHERE id = 1

-- name: raise_format
UPDATE service_state SET format = ? WHERE id = 1 AND format < ?

-- name: migrate
-- Columns that tables of earlier versions lack; each statement is run where its column is missing.
ALTER TABLE service_state ADD COLUMN counted BIGINT NULL;
ALTER TABLE service_state ADD COLUMN format INT NOT NULL DEFAULT 1;
ALTER TABLE quarantine ADD COLUMN attempt BIGINT NULL;
ALTER TABLE service_state ADD COLUMN pruned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE address_failures ADD COLUMN since DATETIME(3) NULL;
ALTER TABLE user_failures ADD COLUMN since DATETIME(3) NULL;
