-- Sales per day
--
-- The Monday spreadsheet, as a view. Days are days in UTC, as the accountant wants them.
--
-- Revision ID: 4ea9d83b17c5
-- Revises: 70ad3f4815bc
-- Create Date: 2026-11-12T17:36:20Z

-- migrate:up
CREATE VIEW daily_sales AS
SELECT (orders.placed_at AT TIME ZONE 'UTC')::date AS day,
       count(DISTINCT orders.id) AS orders,
       sum(order_line.quantity * order_line.unit_price) AS revenue
FROM orders JOIN order_line ON order_line.order_id = orders.id
WHERE orders.status IN ('paid', 'shipped')
GROUP BY 1;

-- migrate:down
DROP VIEW daily_sales;
