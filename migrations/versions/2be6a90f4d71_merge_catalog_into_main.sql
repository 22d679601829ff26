-- Merge catalog into main
--
-- Revision ID: 2be6a90f4d71
-- Revises: 88e2b15c30af, d4410c7b2e96
-- Create Date: 2026-11-09T08:30:44Z

-- migrate:up

-- migrate:down
