//! From the server's position in a statement to line and column in the migration file.

use limbeck_core::document::{Direction, Plan};
use limbeck_core::script::{Revision, Section};
use limbeck_core::sql::split;

use super::error::Place;
use super::{DatabaseError, RunFailure, Stop};

/// Returns where the run stopped.
pub(super) fn place(revisions: &[Revision], plan: &Plan, step: usize, stop: &Stop) -> Place {
    let Some(planned) = plan.steps.get(step) else {
        // A stop names a step of this plan; without one there is still a truth to tell.
        return Place {
            step,
            revision: String::new(),
            direction: Direction::Upgrade,
            path: None,
            statement: stop.statement,
            line: None,
            column: None,
            kept: stop.kept.clone(),
        };
    };
    let revision = revisions.iter().find(|revision| revision.id.as_str() == planned.revision);
    let section = revision.and_then(|revision| match planned.direction {
        Direction::Upgrade => Some(&revision.up),
        Direction::Downgrade => revision.down.as_ref(),
    });
    let line = stop.statement.and_then(|statement| planned.statements.get(statement)).map(|statement| statement.line);
    let exact = stop.statement.zip(section).and_then(|(statement, section)| locate(section, statement, position(stop)));
    Place {
        step,
        revision: planned.revision.clone(),
        direction: planned.direction,
        path: revision.map(|revision| revision.path.clone()),
        statement: stop.statement,
        line: exact.map(|(line, _)| line).or(line),
        column: exact.map(|(_, column)| column),
        kept: stop.kept.clone(),
    }
}

/// The server's position, in characters from 1.
fn position(stop: &Stop) -> Option<u32> {
    match &stop.failure {
        RunFailure::Database(DatabaseError::Sql(failure) | DatabaseError::NoPermission(failure)) => failure.position,
        _ => None,
    }
}

/// Returns line and column of a character of a statement; of its first where the server names none.
fn locate(section: &Section, statement: usize, position: Option<u32>) -> Option<(u32, u32)> {
    let (statements, _) = split(&section.sql);
    let start = statements.get(statement)?.range.start;
    let skip = usize::try_from(position.unwrap_or(1).saturating_sub(1)).ok()?;
    let rest = section.sql.get(start..)?;
    let offset = rest.char_indices().nth(skip).map_or(rest.len(), |(offset, _)| offset);
    let before = section.sql.get(..start + offset)?;
    let lines = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((section.start_line + u32::try_from(lines).ok()?, u32::try_from(column).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_of_the_server_becomes_a_place_in_the_file() {
        let sql = "-- SELECT 1\n/* SELECT 1 */ SELECT 1; SELECT\n  'ä', nope;\n".to_owned();
        let section = Section { transaction: true, start_line: 7, sql };
        assert_eq!(locate(&section, 0, None), Some((8, 16)));
        assert_eq!(locate(&section, 1, None), Some((8, 26)));
        assert_eq!(locate(&section, 1, Some(15)), Some((9, 8)));
        assert_eq!(locate(&section, 1, Some(999)), Some((10, 1)));
        assert_eq!(locate(&section, 2, None), None);
    }
}
