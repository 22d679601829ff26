-- Order status as an enum
--
-- Reports sort by status, and an enum sorts in the order in which things happen. This
-- rewrites orders under an exclusive lock; we opened last week and there are not many.
--
-- Revision ID: 88e2b15c30af
-- Revises: 0f63aa9d7b14
-- Create Date: 2026-10-29T16:05:18Z

-- migrate:up
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'cancelled');

ALTER TABLE orders
    DROP CONSTRAINT orders_status_check,
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE order_status USING status::order_status,
    ALTER COLUMN status SET DEFAULT 'new';

-- migrate:down
ALTER TABLE orders
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE text USING status::text,
    ALTER COLUMN status SET DEFAULT 'new';

ALTER TABLE orders
    ADD CONSTRAINT orders_status_check CHECK (status IN ('new', 'paid', 'shipped', 'cancelled'));

DROP TYPE order_status;
