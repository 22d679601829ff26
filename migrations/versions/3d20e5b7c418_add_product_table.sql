-- Add product table
--
-- First revision of the catalog branch, so that the catalog people can move without
-- waiting for checkout. Shipping and gift cards are products, because an order line has
-- to name one.
--
-- Revision ID: 3d20e5b7c418
-- Revises: a0c4411e9d02
-- Branch Labels: catalog
-- Create Date: 2026-10-14T09:02:31Z

-- migrate:up
CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(12, 2) NOT NULL CHECK (price >= 0),
    category text
);

CREATE TRIGGER product_touch BEFORE UPDATE ON product
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

INSERT INTO product (sku, name, price, category) VALUES
    ('SHIP-STD', 'Standard shipping', 4.90, 'Services'),
    ('SHIP-EXP', 'Express shipping', 12.50, 'Services'),
    ('GIFT-25', 'Gift card, 25', 25.00, 'Gift cards');

-- migrate:down
DROP TABLE product;
