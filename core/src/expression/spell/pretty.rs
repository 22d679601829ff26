//! With those parentheses only that it takes: `isSimpleNode` of `ruleutils.c`.

use super::Speller;
use crate::catalog::expression::{Expression, Node, Operation};
use crate::expression::Answer;

/// What an expression stands in, as far as that decides about parentheses around it.
#[derive(Clone, Copy)]
pub(super) enum Within<'a> {
    Operator {
        of: &'a Operation,
        is_left: bool,
    },
    And,
    Or,
    Not,
    /// A call that is spelled as a cast, or with words of its own.
    Cast,
    Other,
}

impl Speller<'_> {
    /// Begins what stands in parentheses wherever it stands.
    pub(super) fn open(&mut self) {
        if !self.is_pretty {
            self.push("(");
        }
    }

    /// Ends what [`Self::open`] began.
    pub(super) fn close(&mut self) {
        if !self.is_pretty {
            self.push(")");
        }
    }

    /// Spells a part of an expression; where few parentheses are wanted, in some if it takes them.
    pub(super) fn part(&mut self, part: &Expression, implicit: bool, within: Within) -> Answer<()> {
        let encloses = self.is_pretty && !is_simple(&part.node, within);
        self.push(if encloses { "(" } else { "" });
        self.node(part, implicit)?;
        self.push(if encloses { ")" } else { "" });
        Ok(())
    }
}

fn is_simple(node: &Node, within: Within) -> bool {
    match node {
        Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
            is_simple(&cast.value.node, Within::Other)
        }
        Node::Operator(operation) => match within {
            Within::Operator { of, is_left } => binds_tighter(operation, of, is_left),
            Within::And | Within::Or | Within::Not => true,
            Within::Cast | Within::Other => false,
        },
        Node::SubQuery(_) | Node::Null { .. } | Node::Truth { .. } | Node::Distinct(_) => {
            matches!(within, Within::And | Within::Or | Within::Not)
        }
        Node::And(_) | Node::Not(_) => matches!(within, Within::And | Within::Or),
        Node::Or(_) => matches!(within, Within::Or),
        Node::Quantified { .. } | Node::Collate(..) | Node::Placeholder => false,
        Node::Column { .. }
        | Node::DomainValue
        | Node::Constant(_)
        | Node::NullIf(_)
        | Node::Call(_)
        | Node::Case { .. }
        | Node::Coalesce(_)
        | Node::Greatest(_)
        | Node::Least(_)
        | Node::Array(_)
        | Node::Row(_)
        | Node::Subscript { .. }
        | Node::Aggregate(_)
        | Node::Keyword(..) => true,
    }
}

/// Only of the operators of arithmetic it is known how tight they bind.
fn binds_tighter(inner: &Operation, outer: &Operation, is_left: bool) -> bool {
    let rank = |operation: &Operation| match (&operation.left, &*operation.name) {
        (Some(_), "+" | "-") => Some(0),
        (Some(_), "*" | "/" | "%") => Some(1),
        _ => None,
    };
    match (rank(inner), rank(outer)) {
        (Some(inner), Some(outer)) => inner > outer || (inner == outer && is_left),
        _ => false,
    }
}
