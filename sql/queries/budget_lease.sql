-- Lease weight of a rate counter, or say how long to wait; one row, none where the counter is new.
-- $1 egress, $2 company, $3 pool, $4 window, ms, $5 head of a window, ms, $6 its tail, ms,
-- $7 weight a window may take, $8 share of it others keep (0 for who may take everything),
-- $9 weight needed, $10 most wanted, $11 whether it is taken from the reserve,
-- $12 weight given back and $13 the zone it was leased in, $14 the exchange's count and $15 the
-- zone it was told in, $16 the time to go by, ms; null is the database's clock.
--
-- A zone is a stretch of time that is charged to the same windows: zone 2w is the middle of window
-- w and charged to w; zone 2w + 1 is the tail of w and the head of w + 1, and charged to both,
-- since the exchange's clock and the way there decide which of them it counts in.
--
-- A burst larger than any window took before is not spent at once: were the limit lower than
-- declared, all that is under way would be refused together. Beyond what is proven, weight is
-- leased at a rate that begins with what the window allows on average and grows with what went
-- well.
--
-- Who has a claim to the reserve and needs more than is left is next: as a window begins, the
-- others wait a little.
WITH held AS (
    SELECT * FROM rate_budgets WHERE egress = $1 AND company = $2 AND pool = $3 FOR UPDATE
),

timed AS (
    -- The clock is read when the row is held. Losing the last leases in a crash of the server is
    -- harmless, waiting for its disk with every lease is not.
    SELECT
        *,
        coalesce($16::FLOAT8, extract(EPOCH FROM clock_timestamp())::FLOAT8 * 1000) AS moment,
        set_config('synchronous_commit', 'off', true) AS undurable,
        (
            SELECT b.blocked_until FROM company_blocks AS b
            WHERE b.egress = $1 AND b.company = $2
        ) AS blocked_until
    FROM held
),

zoned AS (
    SELECT
        *,
        floor((moment - $5::FLOAT8) / $4::FLOAT8)::BIGINT AS w,
        moment - floor((moment - $5::FLOAT8) / $4::FLOAT8) * $4::FLOAT8
        >= $4::FLOAT8 - $6::FLOAT8 AS at_edge
    FROM timed
),

carried AS (
    -- What the two windows have taken up to now, without what is given back. A clock that was set
    -- back keeps the counts.
    SELECT
        *,
        2 * w + at_edge::INT AS zone,
        CASE
            WHEN $13::BIGINT BETWEEN 2 * w - 1 AND 2 * w + 1 THEN $12::BIGINT ELSE 0
        END AS back,
        CASE WHEN $13::BIGINT = 2 * w + 1 THEN $12::BIGINT ELSE 0 END AS next_back,
        CASE WHEN first_window >= w THEN used WHEN first_window = w - 1 THEN next_used ELSE 0 END
        AS u,
        CASE
            WHEN first_window >= w THEN used_reserved
            WHEN first_window = w - 1 THEN next_used_reserved
            ELSE 0
        END AS r,
        CASE WHEN first_window >= w THEN next_used ELSE 0 END AS next_u,
        CASE WHEN first_window >= w THEN next_used_reserved ELSE 0 END AS next_r,
        CASE
            WHEN ceiling_until > to_timestamp(moment / 1000) THEN least($7::BIGINT, ceiling)
            ELSE $7::BIGINT
        END AS allowed
    FROM zoned
),

counted AS (
    SELECT
        *,
        CASE WHEN $11::BOOLEAN THEN greatest(0, r - back) ELSE r END AS own_r,
        CASE WHEN $11::BOOLEAN THEN greatest(0, next_r - next_back) ELSE next_r END AS own_next_r,
        ceil(allowed * $8::FLOAT8)::BIGINT AS reserve,
        -- Nobody's limit is lower than this.
        least(allowed, greatest(100, ceil($7::BIGINT * 0.05)::BIGINT)) AS harmless,
        -- The exchange's count is of one window for sure only in that window's middle.
        CASE WHEN $15::BIGINT = 2 * w THEN $14::BIGINT ELSE 0 END AS heard
    FROM carried
),

settled AS (
    SELECT
        *,
        greatest(u - back, own_r, heard) AS total,
        greatest(next_u - next_back, own_next_r) AS next_total,
        greatest(
            harmless,
            proven,
            -- The window that has just ended went well, up to where it was refused.
            CASE WHEN first_window < w THEN least(used, allowed) ELSE 0 END
        ) AS now_proven
    FROM counted
),

roomy AS (
    -- Who has no reserve leaves to the others what of it they have not used yet.
    SELECT
        *,
        least(
            allowed - total - greatest(0, reserve - own_r),
            CASE
                WHEN at_edge THEN allowed - next_total - greatest(0, reserve - own_next_r)
                ELSE allowed
            END
        ) AS room,
        total = 0 AND (next_total = 0 OR NOT at_edge) AS untouched,
        coalesce(blocked_until > to_timestamp(moment / 1000), false) AS is_blocked,
        -- No claim lasts longer, unless the clock was set back meanwhile.
        NOT $11::BOOLEAN
        AND claimed_until > to_timestamp(moment / 1000)
        AND claimed_until < to_timestamp((moment + 2 * $4::FLOAT8) / 1000) AS after_others
    FROM settled
),

paced AS (
    SELECT
        *,
        -- No pause is as long as a window, unless the clock was set back meanwhile.
        CASE
            WHEN paced_until < to_timestamp((moment + $4::FLOAT8) / 1000) THEN paced_until
            ELSE to_timestamp(0)
        END AS pace,
        $7::FLOAT8 / ($4::FLOAT8 / 1000) + 0.6 * greatest(0, total - harmless) AS a_second,
        -- Those with a claim to the reserve ask for little, and at once.
        NOT $11::BOOLEAN AND total + $9::BIGINT > now_proven AS careful
    FROM roomy
),

paused AS (
    SELECT
        *,
        extract(EPOCH FROM pace)::FLOAT8 * 1000 - moment - 50 AS pause_ms
    FROM paced
),

decided AS (
    SELECT
        *,
        CASE
            WHEN is_blocked OR after_others THEN 0
            WHEN careful AND pause_ms > 0 THEN 0
            -- A quarter of what is left: the last of it is dealt in small parts.
            WHEN $9::BIGINT <= room THEN greatest(
                $9::BIGINT,
                least(
                    $10::BIGINT,
                    room / 4,
                    CASE
                        WHEN careful THEN floor(a_second / 20)::BIGINT
                        WHEN $11::BOOLEAN THEN allowed
                        ELSE now_proven - total
                    END
                )
            )
            -- What never fits goes alone.
            WHEN untouched AND $9::BIGINT > allowed - reserve THEN $9::BIGINT
            ELSE 0
        END AS part
    FROM paused
)

UPDATE rate_budgets AS b SET
    first_window = d.w,
    used = d.total + d.part,
    used_reserved = d.own_r + CASE WHEN $11::BOOLEAN THEN d.part ELSE 0 END,
    next_used = d.next_total + CASE WHEN d.at_edge THEN d.part ELSE 0 END,
    next_used_reserved
    = d.own_next_r + CASE WHEN $11::BOOLEAN AND d.at_edge THEN d.part ELSE 0 END,
    proven = greatest(
        b.proven, CASE WHEN d.first_window < d.w THEN least(d.used, d.allowed) ELSE 0 END
    ),
    paced_until = CASE
        WHEN d.careful AND d.part > 0
            THEN
                greatest(d.pace, to_timestamp(d.moment / 1000))
                + d.part / d.a_second * INTERVAL '1 second'
        ELSE d.pace
    END,
    claimed_until = CASE
        WHEN $11::BOOLEAN AND d.part = 0 AND NOT d.is_blocked
            -- The first moment of the next window, and time for all who wait to take their turn.
            THEN to_timestamp(
                ((d.w + 1) * $4::FLOAT8 + $5::FLOAT8 + least(2000, $4::FLOAT8 / 4)) / 1000
            )
        ELSE b.claimed_until
    END,
    updated_at = clock_timestamp()
FROM decided AS d
WHERE b.egress = d.egress AND b.company = d.company AND b.pool = d.pool
RETURNING
    d.part AS granted,
    d.zone,
    (d.w + 1) * $4::FLOAT8 + CASE WHEN d.at_edge THEN $5::FLOAT8 ELSE -1 * $6::FLOAT8 END - d.moment
    AS zone_ms,
    CASE
        WHEN d.after_others
            THEN extract(EPOCH FROM d.claimed_until)::FLOAT8 * 1000 - d.moment
        WHEN d.careful AND d.pause_ms > 0 AND d.room >= $9::BIGINT THEN d.pause_ms
        ELSE (d.w + 1) * $4::FLOAT8 + $5::FLOAT8 - d.moment
    END AS retry_ms,
    extract(EPOCH FROM d.blocked_until)::FLOAT8 * 1000 - d.moment AS blocked_ms,
    d.undurable
