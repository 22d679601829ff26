-- Orders and their lines
--
-- Lines point at products, which live on the catalog branch and are not merged yet:
-- hence the dependency.
--
-- Revision ID: 5c8e19d4fa63
-- Revises: 1975ea83b712
-- Depends On: 3d20e5b7c418
-- Create Date: 2026-10-19T15:47:12Z

-- migrate:up
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    placed_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    customer_id bigint NOT NULL REFERENCES customer,
    status text NOT NULL DEFAULT 'new'
        CHECK (status IN ('new', 'paid', 'shipped', 'cancelled'))
);

CREATE TRIGGER orders_touch BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
    line integer NOT NULL CHECK (line > 0),
    product_id bigint NOT NULL REFERENCES product,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (order_id, line)
);

-- migrate:down
DROP TABLE order_line;
DROP TABLE orders;
