-- A place with the same checks as symbols, where rows that violate one are found before anything
-- else happens.
CREATE TEMPORARY TABLE listings_staging (
    LIKE symbols INCLUDING DEFAULTS INCLUDING CONSTRAINTS
) ON COMMIT DROP
