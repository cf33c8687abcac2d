-- Columns that tables of earlier versions lack; each statement is run where its column is missing.
ALTER TABLE service_state ADD COLUMN counted BIGINT NULL;
ALTER TABLE service_state ADD COLUMN format INT NOT NULL DEFAULT 1;
ALTER TABLE quarantine ADD COLUMN attempt BIGINT NULL;
