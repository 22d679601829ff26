-- ${message}
--
-- Revision ID: ${id}
-- Revises: ${revises}
-- Branch Labels: ${branch_labels}
-- Depends On: ${depends_on}
-- Create Date: ${create_date}

-- migrate:up
${up}

-- migrate:down
${down}
