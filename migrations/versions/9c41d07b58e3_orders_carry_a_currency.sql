-- Orders carry a currency
--
-- We start to sell in Switzerland. A constant default fills the column without touching a
-- row, and NOT VALID leaves the reading of the table to the next revision, which does it
-- under a lock that lets checkout go on.
--
-- Revision ID: 9c41d07b58e3
-- Revises: b8830d1fe250
-- Create Date: 2026-11-18T10:26:17Z

-- migrate:up
ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR';

ALTER TABLE orders
    ADD CONSTRAINT orders_currency_fkey FOREIGN KEY (currency) REFERENCES currency NOT VALID;

-- Francs and euros do not add up. OR REPLACE may append a column, so nobody's rights on
-- the view are lost.
CREATE OR REPLACE VIEW daily_sales AS
SELECT (orders.placed_at AT TIME ZONE 'UTC')::date AS day,
       count(DISTINCT orders.id) AS orders,
       sum(order_line.quantity * order_line.unit_price) AS revenue,
       orders.currency
FROM orders JOIN order_line ON order_line.order_id = orders.id
WHERE orders.status IN ('paid', 'shipped')
GROUP BY 1, orders.currency;

-- migrate:down
-- OR REPLACE cannot take a column away.
DROP VIEW daily_sales;

CREATE VIEW daily_sales AS
SELECT (orders.placed_at AT TIME ZONE 'UTC')::date AS day,
       count(DISTINCT orders.id) AS orders,
       sum(order_line.quantity * order_line.unit_price) AS revenue
FROM orders JOIN order_line ON order_line.order_id = orders.id
WHERE orders.status IN ('paid', 'shipped')
GROUP BY 1;

ALTER TABLE orders DROP COLUMN currency;
