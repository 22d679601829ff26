//! Bounds of partitions, and which of them get in each other's way.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Known;

/// Which rows of its parent a partition takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Those that no other partition takes.
    Default,
    /// Those whose key is one of these.
    List(Vec<Datum>),
    /// Those whose key is not less than the first and less than the second.
    Range(Vec<Edge>, Vec<Edge>),
    /// Those whose key has this remainder.
    Hash {
        /// What the hash is divided by.
        modulus: u32,
        /// What must remain.
        remainder: u32,
    },
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// What it is compared by.
    pub order: Order,
    /// As `pg_get_expr` spells it.
    pub spelled: Arc<str>,
}

/// What a value is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// It is no value.
    Null,
    /// As a number: of a type of numbers, or of days or microseconds.
    Number(i128),
    /// As a text whose order a collation decides, or the labels of an enum.
    Text(Arc<str>),
    /// Byte by byte.
    Bytes(Arc<str>),
}

/// One part of the bound of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edge {
    /// `MINVALUE`
    Least,
    /// A value.
    At(Datum),
    /// `MAXVALUE`
    Greatest,
}

/// Why a bound cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// No row is in it.
    Empty,
    /// Rows of another partition are in it.
    Overlap(usize),
    /// There is another default partition.
    Default(usize),
    /// Its modulus is no factor or multiple of another's.
    Modulus,
    /// In which order the values are is not known here.
    Unknown,
}

impl Datum {
    /// Returns which of two values is less; none where that is not known.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (&self.order, &other.order) {
            (Order::Number(a), Order::Number(b)) => Some(a.cmp(b)),
            (Order::Bytes(a), Order::Bytes(b)) => Some(a.cmp(b)),
            (Order::Text(a), Order::Text(b)) if a == b => Some(Ordering::Equal),
            (Order::Null, Order::Null) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// Returns whether two values of a list are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Edge {
    fn compare(&self, other: &Self) -> Option<Ordering> {
        let rank = |edge: &Self| match edge {
            Self::Least => 0,
            Self::At(_) => 1,
            Self::Greatest => 2,
        };
        match (self, other) {
            (Self::At(a), Self::At(b)) => a.compare(b),
            _ => Some(rank(self).cmp(&rank(other))),
        }
    }
}

/// Compares two ends of ranges part by part.
fn compare(a: &[Edge], b: &[Edge]) -> Option<Ordering> {
    for (a, b) in a.iter().zip(b) {
        match a.compare(b)? {
            Ordering::Equal => {}
            other => return Some(other),
        }
    }
    Some(Ordering::Equal)
}

impl Bound {
    /// Returns it as `pg_get_expr` spells it.
    pub fn spelled(&self) -> String {
        let edges = |edges: &[Edge]| {
            let each: Vec<&str> = edges
                .iter()
                .map(|edge| match edge {
                    Edge::Least => "MINVALUE",
                    Edge::At(datum) => &*datum.spelled,
                    Edge::Greatest => "MAXVALUE",
                })
                .collect();
            each.join(", ")
        };
        match self {
            Self::Default => "DEFAULT".to_owned(),
            Self::List(values) => {
                let values: Vec<&str> = values.iter().map(|value| &*value.spelled).collect();
                format!("FOR VALUES IN ({})", values.join(", "))
            }
            Self::Range(from, to) => format!("FOR VALUES FROM ({}) TO ({})", edges(from), edges(to)),
            Self::Hash { modulus, remainder } => {
                format!("FOR VALUES WITH (modulus {modulus}, remainder {remainder})")
            }
        }
    }

    /// Returns why a partition with this bound cannot stand beside others; `check_new_partition_bound`.
    pub fn conflict(&self, others: &[&Self]) -> Option<Conflict> {
        if let Self::Range(from, to) = self {
            match compare(from, to) {
                None => return Some(Conflict::Unknown),
                Some(Ordering::Less) => {}
                Some(_) => return Some(Conflict::Empty),
            }
        }
        if let Self::Hash { modulus, .. } = self {
            let fits = |other: &&&Self| match other {
                Self::Hash { modulus: other, .. } => modulus % other == 0 || other % modulus == 0,
                _ => true,
            };
            if !others.iter().all(|other| fits(&other)) {
                return Some(Conflict::Modulus);
            }
        }
        let mut unknown = None;
        for (at, other) in others.iter().enumerate() {
            match self.overlaps(other) {
                Some(false) => {}
                Some(true) if **other == Self::Default => return Some(Conflict::Default(at)),
                Some(true) => return Some(Conflict::Overlap(at)),
                None => unknown = Some(Conflict::Unknown),
            }
        }
        unknown
    }

    /// Returns whether a row could be in both; none where that is not known.
    fn overlaps(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Default, Self::Default) => Some(true),
            (Self::List(a), Self::List(b)) => Some(a.iter().any(|a| b.iter().any(|b| a.is(b)))),
            (Self::Range(from, to), Self::Range(other_from, other_to)) => {
                Some(compare(from, other_to)? == Ordering::Less && compare(other_from, to)? == Ordering::Less)
            }
            (Self::Hash { modulus, remainder }, Self::Hash { modulus: other, remainder: remains }) => {
                let least = (*modulus).min(*other).max(1);
                Some(remainder % least == remains % least)
            }
            _ => Some(false),
        }
    }
}

impl Bound {
    /// Returns whether a partition by one column is sure to take a value.
    pub fn takes(&self, value: &Known) -> bool {
        match (self, value) {
            (Self::List(values), Known::Null) => values.iter().any(|value| value.order == Order::Null),
            (Self::List(values), Known::Is(text)) => {
                values.iter().any(|value| value.against(text) == Some(Ordering::Equal))
            }
            (Self::Range(from, to), Known::Is(text)) => {
                let is_behind = match from.as_slice() {
                    [Edge::Least] => true,
                    [Edge::At(least)] => least.against(text).is_some_and(Ordering::is_le),
                    _ => false,
                };
                let is_before = match to.as_slice() {
                    [Edge::Greatest] => true,
                    [Edge::At(end)] => end.against(text).is_some_and(Ordering::is_gt),
                    _ => false,
                };
                is_behind && is_before
            }
            _ => false,
        }
    }
}

impl Datum {
    /// Compares it with a value as its type prints it, as far as whole numbers, days and equal texts go.
    fn against(&self, text: &str) -> Option<Ordering> {
        let own = self.spelled.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(&self.spelled);
        let own = match own {
            "true" => "t",
            "false" => "f",
            own => own,
        };
        let day = |text: &str| text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
        match (own.parse::<i128>(), text.parse::<i128>()) {
            (Ok(own), Ok(other)) => Some(own.cmp(&other)),
            _ if own == text => Some(Ordering::Equal),
            _ if day(own) && day(text) => Some(own.cmp(text)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(number: i128) -> Edge {
        Edge::At(Datum { order: Order::Number(number), spelled: number.to_string().into() })
    }

    #[test]
    fn ranges_meet_only_at_their_ends() {
        let range = |from: Edge, to: Edge| Bound::Range(vec![from], vec![to]);
        let (first, second) = (range(Edge::Least, at(10)), range(at(20), at(30)));
        for (new, expected) in [
            (range(at(10), at(20)), None),
            (range(at(9), at(20)), Some(Conflict::Overlap(0))),
            (range(at(29), Edge::Greatest), Some(Conflict::Overlap(1))),
            (range(at(30), Edge::Greatest), None),
            (range(at(15), at(15)), Some(Conflict::Empty)),
            (Bound::Default, None),
        ] {
            assert_eq!(new.conflict(&[&first, &second]), expected, "{}", new.spelled());
        }
        assert_eq!(Bound::Default.conflict(&[&first, &Bound::Default]), Some(Conflict::Default(1)));
    }

    #[test]
    fn remainders_meet_where_one_modulus_divides_the_other() {
        let hash = |modulus, remainder| Bound::Hash { modulus, remainder };
        for (new, expected) in
            [(hash(4, 0), Some(Conflict::Modulus)), (hash(6, 3), Some(Conflict::Overlap(0))), (hash(6, 4), None)]
        {
            assert_eq!(new.conflict(&[&hash(3, 0)]), expected);
        }
    }

    #[test]
    fn texts_are_equal_or_of_an_order_that_is_not_known() {
        let text = |text: &str| Datum { order: Order::Text(text.into()), spelled: format!("'{text}'").into() };
        let list = |texts: &[&str]| Bound::List(texts.iter().map(|it| text(it)).collect());
        assert_eq!(list(&["a"]).conflict(&[&list(&["b"])]), None);
        assert_eq!(list(&["a", "b"]).conflict(&[&list(&["b"])]), Some(Conflict::Overlap(0)));
        let range = |from: &str, to: &str| Bound::Range(vec![Edge::At(text(from))], vec![Edge::At(text(to))]);
        assert_eq!(range("a", "b").conflict(&[]), Some(Conflict::Unknown));
    }
}
