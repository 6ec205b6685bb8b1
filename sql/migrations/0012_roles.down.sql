-- Ownership goes back to whoever migrates; rights to read end with the tables.
-- The roles themselves stay: they belong to the whole server, other databases may use them.
DO $$
DECLARE
    relation REGCLASS;
BEGIN
    FOR relation IN
        SELECT c.oid FROM pg_class AS c
        WHERE
            c.relnamespace = 'public'::REGNAMESPACE
            AND c.relkind IN ('r', 'v')
            AND c.relowner = to_regrole('arbitrage_user')
            AND current_user <> 'arbitrage_user'
    LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %s OWNER TO %I', relation, current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            -- TimescaleDB lets only superusers hand over hypertables that have chunks.
            RAISE NOTICE '% still belongs to arbitrage_user: %', relation, sqlerrm;
        END;
    END LOOP;
END;
$$;
DROP PROCEDURE assign_roles(TEXT []);
