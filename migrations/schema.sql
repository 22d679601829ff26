-- The schema that we want: what the heads of versions/ add up to, written as one would
-- write it today. A change starts here; a revision carries the databases to it.

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

CREATE TABLE currency (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    name text NOT NULL,
    digits smallint NOT NULL DEFAULT 2 CHECK (digits BETWEEN 0 AND 4)
);

-- Customers

CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    email text NOT NULL,
    given_name text NOT NULL,
    family_name text,
    phone text,
    wants_news boolean NOT NULL DEFAULT false
);

COMMENT ON COLUMN customer.phone IS 'E.164, for example +41445550100';

CREATE UNIQUE INDEX customer_email_key ON customer (lower(email));

CREATE TRIGGER customer_touch BEFORE UPDATE ON customer
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Catalog

CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(12, 2) NOT NULL CHECK (price >= 0)
);

CREATE TRIGGER product_touch BEFORE UPDATE ON product
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE category (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES category,
    name text NOT NULL,
    UNIQUE (parent_id, name)
);

CREATE TABLE product_category (
    product_id bigint NOT NULL REFERENCES product ON DELETE CASCADE,
    category_id bigint NOT NULL REFERENCES category,
    PRIMARY KEY (product_id, category_id)
);

CREATE INDEX product_category_category_id_idx ON product_category (category_id);

CREATE TABLE variant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES product ON DELETE CASCADE,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    surcharge numeric(12, 2) NOT NULL DEFAULT 0,
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    UNIQUE (product_id, name)
);

COMMENT ON COLUMN variant.surcharge IS 'Added to the price of the product; negative for a discount';

CREATE INDEX variant_attributes_idx ON variant USING gin (attributes jsonb_path_ops);

-- Orders

CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'cancelled', 'refunded');

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    placed_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    customer_id bigint NOT NULL REFERENCES customer,
    status order_status NOT NULL DEFAULT 'new',
    currency text NOT NULL DEFAULT 'EUR' REFERENCES currency
);

CREATE INDEX orders_customer_id_idx ON orders (customer_id, placed_at DESC);

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

CREATE VIEW daily_sales AS
SELECT (orders.placed_at AT TIME ZONE 'UTC')::date AS day,
       count(DISTINCT orders.id) AS orders,
       sum(order_line.quantity * order_line.unit_price) AS revenue,
       orders.currency
FROM orders JOIN order_line ON order_line.order_id = orders.id
WHERE orders.status IN ('paid', 'shipped')
GROUP BY 1, orders.currency;
