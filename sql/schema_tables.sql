SELECT table_name, engine, table_type, row_format FROM information_schema.tables WHERE table_schema = DATABASE()
