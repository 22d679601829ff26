//! One history written twice: as a Limbeck project and as an Alembic project, in the same directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// How revisions hang together.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Each on the one before.
    Linear,
    /// Two branches after every merge, so that every third revision is a merge.
    Merges,
}

impl Shape {
    /// Returns the word for tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Merges => "merges",
        }
    }

    /// Returns the parents of the revision at `n`.
    ///
    ///     n:  0 ─┬─ 1 ─┬─ 3 ─┬─ 4 ─┬─ 6 …
    ///            └─ 2 ─┘     └─ 5 ─┘
    fn parents(self, n: usize) -> Vec<usize> {
        match (self, n, n % 3) {
            (_, 0, _) => Vec::new(),
            (Self::Linear, ..) => vec![n - 1],
            (Self::Merges, _, 0) => vec![n - 2, n - 1],
            (Self::Merges, _, 1) => vec![n - 1],
            (Self::Merges, ..) => vec![n - 2],
        }
    }
}

/// A history on disk: `migrations/` for Limbeck, `alembic.ini` and `alembic/` for Alembic.
pub(crate) struct History {
    pub(crate) dir: PathBuf,
}

impl History {
    /// Writes `count` revisions of a shape below `top`, anew.
    pub(crate) fn write(top: &Path, shape: Shape, count: usize) -> Result<Self, Failure> {
        let dir = top.join(format!("{}-{count}", shape.name()));
        write_all(&dir, shape, count).map_err(Failure::io(format_args!("cannot write {}", dir.display())))?;
        Ok(Self { dir })
    }

    /// Returns the directory in which Limbeck remembers.
    pub(crate) fn cache(&self) -> PathBuf {
        self.dir.join("cache")
    }

    /// Takes away what both remember: Limbeck's cache, and what Python compiled of the revisions.
    pub(crate) fn forget(&self) -> Result<(), Failure> {
        for remembered in [self.cache(), self.dir.join("alembic/versions/__pycache__")] {
            if remembered.exists() {
                let doing = format!("cannot take away {}", remembered.display());
                fs::remove_dir_all(&remembered).map_err(Failure::io(doing))?;
            }
        }
        Ok(())
    }
}

fn write_all(dir: &Path, shape: Shape, count: usize) -> io::Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    let (ours, theirs) = (dir.join("migrations/versions"), dir.join("alembic/versions"));
    fs::create_dir_all(&ours)?;
    fs::create_dir_all(&theirs)?;
    fs::write(dir.join("alembic.ini"), INI)?;
    fs::write(dir.join("alembic/env.py"), ENV)?;
    for n in 0..count {
        let parents: Vec<String> = shape.parents(n).into_iter().map(id).collect();
        fs::write(ours.join(format!("{}_step_{n}.sql", id(n))), limbeck(n, &parents))?;
        fs::write(theirs.join(format!("{}_step_{n}.py", id(n))), alembic(n, &parents))?;
    }
    Ok(())
}

/// Returns an id that looks like any other: its digits are in no order.
fn id(n: usize) -> String {
    format!("{:012x}", (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16)
}

fn up(n: usize) -> String {
    format!("CREATE TABLE t{n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)")
}

fn limbeck(n: usize, parents: &[String]) -> String {
    format!(
        "-- step {n}\n--\n-- Revision ID: {}\n-- Revises: {}\n-- Create Date: 2026-11-22T14:12:00Z\n\n\
         -- migrate:up\n{};\n\n-- migrate:down\nDROP TABLE t{n};\n",
        id(n),
        parents.join(", "),
        up(n)
    )
}

fn alembic(n: usize, parents: &[String]) -> String {
    let down = match parents {
        [] => "None".to_owned(),
        [one] => format!("\"{one}\""),
        more => format!("({})", more.iter().map(|parent| format!("\"{parent}\"")).collect::<Vec<_>>().join(", ")),
    };
    format!(
        "\"\"\"step {n}\n\nRevision ID: {}\n\"\"\"\nfrom alembic import op\n\nrevision = \"{}\"\ndown_revision = {down}\n\
         branch_labels = None\ndepends_on = None\n\n\n\
         def upgrade() -> None:\n    op.execute(\"{}\")\n\n\n\
         def downgrade() -> None:\n    op.execute(\"DROP TABLE t{n}\")\n",
        id(n),
        id(n),
        up(n)
    )
}

const INI: &str = "[alembic]
script_location = alembic
sqlalchemy.url = postgresql://
";

/// Only what `--sql` needs.
const ENV: &str = "from alembic import context

context.configure(dialect_name=\"postgresql\", literal_binds=True, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_revision_merges_the_two_before() {
        let parents: Vec<_> = (0..8).map(|n| Shape::Merges.parents(n)).collect();
        assert_eq!(parents, [vec![], vec![0], vec![0], vec![1, 2], vec![3], vec![3], vec![4, 5], vec![6]]);
    }

    #[test]
    fn ids_are_twelve_digits_and_distinct() {
        let ids: std::collections::BTreeSet<_> = (0..10_000).map(id).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == 12));
    }
}
