-- Refunds
--
-- An order can be refunded in parts, never for more than was paid. The trigger locks the
-- order first: two refunds at the same moment would otherwise both see room for themselves.
--
-- The new label may not be used before it is committed, so nothing here does.
--
-- Revision ID: 70ad3f4815bc
-- Revises: 2be6a90f4d71
-- Create Date: 2026-11-11T10:11:53Z

-- migrate:up
ALTER TYPE order_status ADD VALUE 'refunded';

CREATE TABLE refund (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    order_id bigint NOT NULL REFERENCES orders,
    amount numeric(12, 2) NOT NULL CHECK (amount > 0),
    reason text NOT NULL
);

CREATE INDEX refund_order_id_idx ON refund (order_id);

CREATE FUNCTION refund_within_total() RETURNS trigger
    LANGUAGE plpgsql
AS $body$
DECLARE
    paid numeric;
    refunded numeric;
BEGIN
    PERFORM 1 FROM orders WHERE id = NEW.order_id FOR UPDATE;

    SELECT coalesce(sum(quantity * unit_price), 0) INTO paid
    FROM order_line WHERE order_id = NEW.order_id;

    SELECT coalesce(sum(amount), 0) INTO refunded
    FROM refund WHERE order_id = NEW.order_id AND id <> NEW.id;

    IF refunded + NEW.amount > paid THEN
        RAISE EXCEPTION 'order % was paid with %, % of it is refunded already; % more is too much',
            NEW.order_id, paid, refunded, NEW.amount
            USING ERRCODE = 'check_violation';
    END IF;

    RETURN NEW;
END;
$body$;

CREATE TRIGGER refund_within_total BEFORE INSERT OR UPDATE ON refund
    FOR EACH ROW EXECUTE FUNCTION refund_within_total();

-- migrate:down
DROP TABLE refund;
DROP FUNCTION refund_within_total();

-- A label cannot be taken out of an enum: make the type again without it.
ALTER TYPE order_status RENAME TO order_status_with_refunded;
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'cancelled');

ALTER TABLE orders
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE order_status USING (
        CASE status::text WHEN 'refunded' THEN 'cancelled' ELSE status::text END
    )::order_status,
    ALTER COLUMN status SET DEFAULT 'new';

DROP TYPE order_status_with_refunded;
