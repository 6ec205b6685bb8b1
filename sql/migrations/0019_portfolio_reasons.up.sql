-- What a portfolio item was read from, and why of it something is not known.
-- Locks: portfolio_items, for a moment.
ALTER TABLE portfolio_items
ADD COLUMN balance_at TIMESTAMPTZ,
ADD COLUMN note TEXT,
ADD CONSTRAINT chk_note CHECK (char_length(note) BETWEEN 1 AND 2000);

COMMENT ON COLUMN portfolio_items.balance_at IS
'When the account was read. Source: collector clock.';
COMMENT ON COLUMN portfolio_items.note IS
'What fills do not explain, and why a value is null, in words; null where all is known.';
COMMENT ON COLUMN portfolio_items.unexplained_quantity IS
'Part of quantity that fills do not explain, units of the asset: deposited, moved or older than
the fills; negative where fills bought more than is held; null where fills are not complete.';
COMMENT ON COLUMN portfolio_items.average_entry_price IS
'Average cost of what fills explain, fees included, reference currency per unit of the asset; null
without fills, and where a cost is not known.';
COMMENT ON COLUMN portfolio_items.realised_profit IS
'Profit of all that was sold so far out of what fills explain, reference currency.';

CREATE VIEW portfolio_items_named AS
SELECT
    e.enum_value AS exchange,
    p.asset_name,
    p.timestamp,
    p.reference_currency,
    p.quantity,
    p.unexplained_quantity,
    p.current_price,
    p.price_route,
    p.priced_at,
    p.average_entry_price,
    p.value,
    p.unrealised_profit,
    p.unrealised_profit_percent,
    p.realised_profit,
    p.balance_at,
    p.note,
    p.created_at,
    p.exchange_id,
    p.id
FROM portfolio_items AS p
INNER JOIN exchanges AS e ON p.exchange_id = e.id;
COMMENT ON VIEW portfolio_items_named IS 'portfolio_items with the exchange by name.';

CALL assign_roles('portfolio_items_named');
