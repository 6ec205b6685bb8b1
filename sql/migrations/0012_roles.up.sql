-- arbitrage_user owns and writes, readonly_user reads. Roles belong to the whole server: they are
-- created where the connected role may do so, used where they exist, and never dropped. They
-- cannot log in until an administrator says: ALTER ROLE … LOGIN PASSWORD '…'.
-- A later migration that adds tables or views ends with CALL assign_roles('its_table', …).
CREATE PROCEDURE assign_roles(VARIADIC relations TEXT []) LANGUAGE plpgsql AS $$
DECLARE
    role_name TEXT;
    relation TEXT;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['arbitrage_user', 'readonly_user'] LOOP
        BEGIN
            IF to_regrole(role_name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I', role_name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this server has just created it
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'role % does not exist and % may not create it', role_name, current_user
                USING HINT = format(
                    'An administrator may say: CREATE ROLE %I; then: CALL assign_roles(%s);',
                    role_name, (SELECT string_agg(quote_literal(r), ', ') FROM unnest(relations) AS r)
                );
        END;
    END LOOP;

    IF to_regrole('readonly_user') IS NOT NULL THEN
        BEGIN
            GRANT USAGE ON SCHEMA public TO readonly_user;
            FOREACH relation IN ARRAY relations LOOP
                EXECUTE format('GRANT SELECT ON %I TO readonly_user', relation);
            END LOOP;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'readonly_user was not granted reading: %', sqlerrm;
        END;
    END IF;

    IF to_regrole('arbitrage_user') IS NOT NULL THEN
        BEGIN
            GRANT USAGE, CREATE ON SCHEMA public TO arbitrage_user;
            -- Who gives ownership away must stay a member, or could no longer migrate.
            IF NOT pg_has_role(current_user, 'arbitrage_user', 'USAGE') THEN
                EXECUTE format('GRANT arbitrage_user TO %I', current_user);
            END IF;
            FOREACH relation IN ARRAY relations LOOP
                EXECUTE format('ALTER TABLE %I OWNER TO arbitrage_user', relation);
            END LOOP;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'arbitrage_user was not made the owner: %', sqlerrm;
        END;
    END IF;
END;
$$;
COMMENT ON PROCEDURE assign_roles(TEXT []) IS
'Creates the roles where allowed, makes arbitrage_user own and readonly_user read the relations.';

CALL assign_roles(
    'exchanges', 'symbols', 'candles', 'book_ticker_snapshots', 'ticker_snapshots',
    'trade_snapshots', 'funding_rate_snapshots', 'balance_snapshots', 'account_trades',
    'arbitrage_opportunities', 'order_flow_metrics', 'portfolio_items', 'coverage',
    'rejected_records', 'migration_log',
    'price_data', 'candles_named', 'book_ticker_snapshots_named', 'ticker_snapshots_named',
    'trade_snapshots_named', 'funding_rate_snapshots_named', 'balance_snapshots_named',
    'arbitrage_opportunities_named', 'order_flow_metrics_named', 'account_trades_named',
    'coverage_named'
);
