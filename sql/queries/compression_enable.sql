CALL enable_compression()
