-- Columnstore compression where the license allows: TimescaleDB's Community edition has it, the
-- Apache edition, which distributions ship, does not. There nothing happens; after a change of
-- edition, CALL enable_compression() (arb-pipeline db compress) does what was left out.
CREATE PROCEDURE enable_compression() LANGUAGE plpgsql AS $$
DECLARE
    installed INTEGER [];
    chosen RECORD;
BEGIN
    IF current_setting('timescaledb.license', true) IS DISTINCT FROM 'timescale' THEN
        RAISE NOTICE 'nothing is compressed: this is the Apache edition of TimescaleDB'
        USING HINT = 'The Community edition (timescaledb.license = timescale) can compress.';
        RETURN;
    END IF;
    SELECT string_to_array(split_part(extversion, '-', 1), '.')::INTEGER [] INTO installed
    FROM pg_extension WHERE extname = 'timescaledb';

    -- Segments are what readers ask by, and every column of a primary key is in a segment or in
    -- the order: so a write that meets a stored row unpacks the batches of a thousand rows that
    -- can hold it, and no others. Balances are not segmented by asset: six hours of one asset are
    -- 72 rows, and small batches hardly shrink.
    -- Before 2.19.1 an INSERT … ON CONFLICT into compressed chunks could end at its first
    -- conflict or fail (7672, 7850); before 2.25.2 a row that came late could lose the value of a
    -- generated column such as total_balance (9314).
    FOR chosen IN
        SELECT c.relation, c.segment_by, c.order_by, c.since
        FROM (
            VALUES
            ('candles', 'symbol_id, timeframe', '"timestamp"', '{2,19,1}'::INTEGER []),
            ('funding_rate_snapshots', 'symbol_id', '"timestamp", is_settled', '{2,19,1}'),
            ('balance_snapshots', 'exchange_id', 'asset_name, "timestamp"', '{2,25,2}')
        ) AS c (relation, segment_by, order_by, since)
    LOOP
        IF installed < chosen.since THEN
            RAISE NOTICE '% is not compressed: TimescaleDB % is older than %',
                chosen.relation,
                array_to_string(installed, '.'),
                array_to_string(chosen.since, '.');
            CONTINUE;
        END IF;
        IF NOT EXISTS (
            SELECT FROM timescaledb_information.hypertables AS h
            WHERE
                h.hypertable_schema = 'public'
                AND h.hypertable_name = chosen.relation
                AND h.compression_enabled
        ) THEN
            EXECUTE format(
                'ALTER TABLE %I SET (timescaledb.compress, '
                'timescaledb.compress_segmentby = %L, timescaledb.compress_orderby = %L)',
                chosen.relation, chosen.segment_by, chosen.order_by
            );
        END IF;
        -- TimescaleDB runs a policy as the owner of the table, and only if that may log in.
        -- Without a policy the daily retention compresses.
        IF EXISTS (
            SELECT FROM pg_class AS c
            INNER JOIN pg_roles AS r ON c.relowner = r.oid
            WHERE c.oid = to_regclass(chosen.relation) AND r.rolcanlogin
        ) THEN
            PERFORM add_compression_policy(
                to_regclass(chosen.relation), INTERVAL '7 days', if_not_exists => true
            );
        END IF;
    END LOOP;
END;
$$;
COMMENT ON PROCEDURE enable_compression() IS
'Compresses chunks older than 7 days where the license allows; calling it again changes nothing.';

CREATE PROCEDURE disable_compression() LANGUAGE plpgsql AS $$
DECLARE
    relation REGCLASS;
BEGIN
    FOR relation IN
        SELECT format('%I.%I', h.hypertable_schema, h.hypertable_name)::REGCLASS
        FROM timescaledb_information.hypertables AS h
        WHERE h.hypertable_schema = 'public' AND h.compression_enabled
    LOOP
        PERFORM remove_compression_policy(relation, if_exists => true);
        PERFORM decompress_chunk(chunk, if_compressed => true)
        FROM show_chunks(relation) AS chunk;
        EXECUTE format('ALTER TABLE %s SET (timescaledb.compress = false)', relation);
    END LOOP;
END;
$$;
COMMENT ON PROCEDURE disable_compression() IS
'Unpacks every compressed chunk and takes the policies away; no row is lost.';

DO $$
BEGIN
    IF current_setting('timescaledb.license', true) = 'timescale' THEN
        CALL enable_compression();
    END IF;
END;
$$;
