-- Positions count, as MySQL and MariaDB name these columns differently.
SELECT table_name, column_name, data_type, column_type, is_nullable, column_default, character_maximum_length, datetime_precision,
       character_set_name, collation_name, extra, generation_expression
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position
