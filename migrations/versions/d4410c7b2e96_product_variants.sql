-- Product variants
--
-- Revision ID: d4410c7b2e96
-- Revises: c7196e0d84b3
-- Create Date: 2026-11-06T14:22:09Z

-- migrate:up
CREATE TABLE variant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES product ON DELETE CASCADE,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    surcharge numeric(12, 2) NOT NULL DEFAULT 0,
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    UNIQUE (product_id, name)
);

CREATE INDEX variant_attributes_idx ON variant USING gin (attributes jsonb_path_ops);

COMMENT ON COLUMN variant.surcharge IS 'Added to the price of the product; negative for a discount';

-- migrate:down
DROP TABLE variant;
