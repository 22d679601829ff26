//! What is said of the columns of one table, of those of the same names in another: `attmap.c`.

use crate::catalog::expression::{Form, Node};
use crate::catalog::{Formula, Relation};
use crate::ddl::syntax::part;
use crate::ddl::{Stop, unknown};

/// Returns the number of the column that has the name of another table's.
pub(in crate::ddl) fn moved_number(number: i16, from: &Relation, to: &Relation) -> Result<i16, Stop> {
    let column = part(from.numbered(number))?;
    Ok(part(to.column(&column.name))?.number)
}

/// Returns an expression over the columns of the same names in another table.
pub(in crate::ddl) fn moved(formula: &Formula, from: &Relation, to: &Relation) -> Result<Formula, Stop> {
    let mut tree = (*formula.tree).clone();
    let mut missing = false;
    tree.change(&mut |it| {
        if let Node::Column { relation, number } = &mut it.node
            && *relation == from.oid
        {
            match moved_number(*number, from, to) {
                Ok(moved) => (*relation, *number) = (to.oid, moved),
                Err(_) => missing = true,
            }
        }
    });
    if missing {
        return unknown("an expression over a whole row");
    }
    Ok(Formula::new(&formula.written, tree, Some(to.oid)))
}

/// Returns whether two expressions over one table are the same, however they were asked for.
pub(in crate::ddl) fn same(a: &Formula, b: &Formula) -> bool {
    let bare = |formula: &Formula| {
        let mut tree = (*formula.tree).clone();
        tree.change(&mut |it| match &mut it.node {
            Node::Call(call) if call.form != Form::Syntax => call.form = Form::Call,
            Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
                cast.implicit = false;
            }
            _ => {}
        });
        tree
    };
    a.tree == b.tree || bare(a) == bare(b)
}
