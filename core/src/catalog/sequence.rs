//! Sequences: what `pg_sequence` lists beside `pg_class`.

use super::{Oid, Refusal, SqlState, Type};

/// A sequence. Where it stands is data, and not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// `smallint`, `integer` or `bigint`.
    pub of: Type,
    /// First value.
    pub start: i64,
    /// Distance between values; negative in one that descends.
    pub increment: i64,
    /// Least value.
    pub min: i64,
    /// Greatest value.
    pub max: i64,
    /// How many values a session takes at once.
    pub cache: i64,
    /// It begins anew at its end.
    pub cycle: bool,
    /// The column it goes with.
    pub owner: Option<(Oid, i16)>,
    /// It is the sequence of an identity column.
    pub identity: bool,
    /// Somebody said what its next value is, by `RESTART` or `setval`.
    pub placed: Option<Placed>,
}

/// Where somebody put a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It goes on with this value, upwards.
    At(i64),
    /// As that, and there were values already that it may come to.
    Into,
    /// It goes on with a value that is not known.
    Elsewhere,
}

/// What a statement says of a sequence; the rest stays, or is what Postgres takes.
#[derive(Debug, Clone, Default)]
pub struct SequenceOptions {
    /// `AS`
    pub of: Option<Type>,
    /// `START`
    pub start: Option<i64>,
    /// `INCREMENT`
    pub increment: Option<i64>,
    /// `MINVALUE`, or `NO MINVALUE`
    pub min: Option<Option<i64>>,
    /// `MAXVALUE`, or `NO MAXVALUE`
    pub max: Option<Option<i64>>,
    /// `CACHE`
    pub cache: Option<i64>,
    /// `CYCLE`, or `NO CYCLE`
    pub cycle: Option<bool>,
    /// `RESTART`, with a value or at its start.
    pub restart: Option<Option<i64>>,
}

/// The type of a sequence that names none.
pub const BIGINT: Type = Type { oid: Oid(20), modifier: -1 };
const SMALLINT: Oid = Oid(21);
const INTEGER: Oid = Oid(23);

impl Sequence {
    /// Returns a new sequence.
    pub fn new(options: &SequenceOptions) -> Result<Self, Refusal> {
        let blank = Self {
            of: BIGINT,
            start: 1,
            increment: 1,
            min: 1,
            max: i64::MAX,
            cache: 1,
            cycle: false,
            owner: None,
            identity: false,
            placed: None,
        };
        blank.with(options, true)
    }

    /// Returns the sequence after ALTER SEQUENCE.
    pub fn altered(&self, options: &SequenceOptions) -> Result<Self, Refusal> {
        self.clone().with(options, false)
    }

    /// As `init_params` of `sequence.c`: what is named is taken, what is new or follows from it is made anew.
    fn with(mut self, options: &SequenceOptions, new: bool) -> Result<Self, Refusal> {
        let invalid = |message: String| Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, message));
        let (mut anew_min, mut anew_max) = (false, false);
        if let Some(of) = options.of {
            if ![SMALLINT, INTEGER, BIGINT.oid].contains(&of.oid) {
                return invalid("sequence type must be smallint, integer, or bigint".to_owned());
            }
            if !new {
                // Bounds that were those of the old type become those of the new one.
                let (least, greatest) = bounds(self.of.oid);
                anew_max = self.max == greatest;
                anew_min = self.min == least;
            }
            self.of = of;
        }
        let (least, greatest) = bounds(self.of.oid);
        if let Some(increment) = options.increment {
            if increment == 0 {
                return invalid("INCREMENT must not be zero".to_owned());
            }
            self.increment = increment;
        }
        if let Some(cycle) = options.cycle {
            self.cycle = cycle;
        }
        match options.max {
            Some(Some(max)) => self.max = max,
            named if named.is_some() || new || anew_max => {
                self.max = if self.increment > 0 || anew_max { greatest } else { -1 };
            }
            _ => {}
        }
        if self.max < least || self.max > greatest {
            return invalid(format!("MAXVALUE ({}) is out of range for sequence data type", self.max));
        }
        match options.min {
            Some(Some(min)) => self.min = min,
            named if named.is_some() || new || anew_min => {
                self.min = if self.increment < 0 || anew_min { least } else { 1 };
            }
            _ => {}
        }
        if self.min < least || self.min > greatest {
            return invalid(format!("MINVALUE ({}) is out of range for sequence data type", self.min));
        }
        if self.min >= self.max {
            return invalid(format!("MINVALUE ({}) must be less than MAXVALUE ({})", self.min, self.max));
        }
        if let Some(start) = options.start {
            self.start = start;
        } else if new {
            self.start = if self.increment > 0 { self.min } else { self.max };
        }
        if self.start < self.min {
            return invalid(format!("START value ({}) cannot be less than MINVALUE ({})", self.start, self.min));
        }
        if self.start > self.max {
            return invalid(format!("START value ({}) cannot be greater than MAXVALUE ({})", self.start, self.max));
        }
        if let Some(restart) = options.restart {
            let next = restart.unwrap_or(self.start);
            if next < self.min {
                return invalid(format!("RESTART value ({next}) cannot be less than MINVALUE ({})", self.min));
            }
            if next > self.max {
                return invalid(format!("RESTART value ({next}) cannot be greater than MAXVALUE ({})", self.max));
            }
            self.placed = Some(if self.increment > 0 { Placed::At(next) } else { Placed::Elsewhere });
        }
        if let Some(cache) = options.cache {
            if cache <= 0 {
                return invalid(format!("CACHE ({cache}) must be greater than zero"));
            }
            self.cache = cache;
        }
        Ok(self)
    }
}

/// Returns the least and the greatest value of a type.
fn bounds(of: Oid) -> (i64, i64) {
    match of {
        SMALLINT => (i16::MIN.into(), i16::MAX.into()),
        INTEGER => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}
