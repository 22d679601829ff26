//! What is known of values and rows that statements wrote: of seed data nearly all, of what queries put out nearly
//! nothing.

use std::sync::Arc;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is null.
    Null,
    /// It is this, as its type prints it.
    Is(Arc<str>),
    /// It is not null.
    Some,
    /// It may be null.
    Perhaps,
}

impl Known {
    /// Returns the value as its type prints it, where it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Is(text) => Some(text),
            Self::Null | Self::Some | Self::Perhaps => None,
        }
    }

    /// Returns whether it is sure not to be null.
    pub fn is_some(&self) -> bool {
        matches!(self, Self::Is(_) | Self::Some)
    }

    /// Returns what is known of a value that is one of two.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (one, two) if one.is_some() && two.is_some() => Self::Some,
            _ => Self::Perhaps,
        }
    }
}

/// A row: what is known of the value of each column, by number.
pub type KnownRow = Vec<(i16, Known)>;

/// All rows of a table, the last first. What INSERT adds shares what was there before.
#[derive(Debug, Clone)]
pub struct KnownRows {
    row: Arc<KnownRow>,
    before: Option<Arc<KnownRows>>,
    count: usize,
}

impl KnownRows {
    /// So many rows of a table are kept in mind: seed data has fewer, and what has more is loaded.
    const MOST: usize = 500;

    /// Returns these rows behind those that were there before; none where they become too many.
    pub fn behind(before: Option<Arc<Self>>, rows: Vec<KnownRow>) -> Option<Arc<Self>> {
        let count = before.as_ref().map_or(0, |before| before.count);
        if count + rows.len() > Self::MOST {
            return None;
        }
        let mut all = before;
        for row in rows {
            let count = all.as_ref().map_or(0, |all| all.count) + 1;
            all = Some(Arc::new(Self { row: Arc::new(row), before: all, count }));
        }
        all
    }

    /// Returns each row, the last first.
    pub fn iter(&self) -> impl Iterator<Item = &KnownRow> {
        std::iter::successors(Some(self), |rows| rows.before.as_deref()).map(|rows| &*rows.row)
    }
}
