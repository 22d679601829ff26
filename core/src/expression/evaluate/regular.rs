//! Regular expressions, as far as everybody reads them alike: characters, classes, groups, alternatives, repetitions
//! and the two ends of the text. What else Postgres reads (back references, look-ahead, options) is not computed.
//! Of what it refuses, that is known which is wrong in the plain part: parentheses, brackets, repetitions.
//!
//! Which part of a text is matched is nobody's question here, so that greedy or not is all the same.

use std::cell::Cell;
use std::iter::Peekable;
use std::str::Chars;

/// So deep may groups stand in each other.
const DEEPEST: usize = 50;
/// So often may be looked at a character, before it is given up.
const MOST_STEPS: usize = 1_000_000;
/// The highest number of a repetition; `DUPMAX`
const MOST_TIMES: u32 = 255;

/// Why it is not known whether a text matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// Postgres refuses the pattern.
    Invalid,
    /// It is not computed here.
    Unknown,
}

/// Returns whether a part of a text matches a pattern.
pub(super) fn matches(text: &str, pattern: &str, any_case: bool) -> Result<bool, Odd> {
    let mut reader = Reader { rest: pattern.chars().peekable(), depth: 0, has_classes: false };
    let piece = reader.alternatives()?;
    // What ends here is a group that nothing began.
    if reader.rest.next().is_some() {
        return Err(Odd::Invalid);
    }
    // What is a letter, and which its other case, says the locale of the database.
    let by_locale = reader.has_classes || any_case;
    if by_locale && !text.is_ascii() || any_case && !pattern.is_ascii() {
        return Err(Odd::Unknown);
    }
    let text: Vec<char> = text.chars().collect();
    let matcher = Matcher { text: &text, any_case, steps: Cell::new(MOST_STEPS) };
    let ends = matcher.ends(&piece, &vec![true; text.len() + 1]).ok_or(Odd::Unknown)?;
    Ok(ends.contains(&true))
}

enum Piece {
    /// One character.
    One(Set),
    Start,
    End,
    InOrder(Vec<Piece>),
    Either(Vec<Piece>),
    Times {
        piece: Box<Piece>,
        least: u32,
        most: Option<u32>,
    },
}

/// Characters.
struct Set {
    ranges: Vec<(char, char)>,
    classes: Vec<Class>,
    negated: bool,
}

/// Returns whether a character of ASCII is in a class.
type Class = fn(char) -> bool;

impl Set {
    fn of(ranges: Vec<(char, char)>) -> Self {
        Self { ranges, classes: Vec::new(), negated: false }
    }

    fn has(&self, character: char, any_case: bool) -> bool {
        let has = |it: char| {
            self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&it))
                || self.classes.iter().any(|class| class(it))
        };
        let other_case = || has(character.to_ascii_lowercase()) || has(character.to_ascii_uppercase());
        (has(character) || any_case && other_case()) != self.negated
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    has_classes: bool,
}

type Read<T> = Result<T, Odd>;

impl Reader<'_> {
    fn alternatives(&mut self) -> Read<Piece> {
        let mut all = vec![self.branch()?];
        while self.rest.next_if_eq(&'|').is_some() {
            all.push(self.branch()?);
        }
        Ok(Piece::Either(all))
    }

    fn branch(&mut self) -> Read<Piece> {
        let mut pieces = Vec::new();
        while let Some(next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let piece = self.atom()?;
            pieces.push(self.repeated(piece)?);
        }
        Ok(Piece::InOrder(pieces))
    }

    fn atom(&mut self) -> Read<Piece> {
        Ok(match self.rest.next().ok_or(Odd::Invalid)? {
            '^' => Piece::Start,
            '$' => Piece::End,
            '.' => Piece::One(Set { negated: true, ..Set::of(Vec::new()) }),
            '(' => {
                if self.rest.next_if_eq(&'?').is_some() {
                    self.rest.next_if_eq(&':').ok_or(Odd::Unknown)?;
                }
                if self.depth == DEEPEST {
                    return Err(Odd::Unknown);
                }
                self.depth += 1;
                let inside = self.alternatives()?;
                self.depth -= 1;
                self.rest.next_if_eq(&')').ok_or(Odd::Invalid)?;
                inside
            }
            '[' => Piece::One(self.set()?),
            '\\' => match self.escape()? {
                Escape::Character(character) => Piece::One(Set::of(vec![(character, character)])),
                Escape::Class(class, negated) => Piece::One(Set { ranges: Vec::new(), classes: vec![class], negated }),
                Escape::End(piece) => piece,
            },
            '*' if self.is_option() => return Err(Odd::Unknown),
            '*' | '+' | '?' => return Err(Odd::Invalid),
            '{' => return Err(self.brace()),
            character => Piece::One(Set::of(vec![(character, character)])),
        })
    }

    fn repeated(&mut self, piece: Piece) -> Read<Piece> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.rest.next();
                if !self.rest.peek().is_some_and(char::is_ascii_digit) {
                    return Err(self.brace());
                }
                let least = self.number()?;
                let most = match self.rest.next_if_eq(&',') {
                    None => Some(least),
                    Some(_) if self.rest.peek() == Some(&'}') => None,
                    Some(_) => Some(self.number()?),
                };
                if self.rest.peek() != Some(&'}') || most.is_some_and(|most| least > most) {
                    return Err(Odd::Invalid);
                }
                (least, most)
            }
            _ => return Ok(piece),
        };
        self.rest.next();
        self.rest.next_if_eq(&'?');
        // There is nothing to repeat about an end, and one repetition is not repeated again.
        match self.rest.peek() {
            Some('*' | '+' | '?') => Err(Odd::Invalid),
            Some('{') => {
                self.rest.next();
                Err(self.brace())
            }
            _ if matches!(piece, Piece::Start | Piece::End) => Err(Odd::Invalid),
            _ => Ok(Piece::Times { piece: Box::new(piece), least, most }),
        }
    }

    /// A brace is one like any other character where no number stands behind it.
    fn brace(&mut self) -> Odd {
        if self.rest.peek().is_some_and(char::is_ascii_digit) { Odd::Invalid } else { Odd::Unknown }
    }

    fn number(&mut self) -> Read<u32> {
        let mut digits = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok().filter(|number| *number <= MOST_TIMES).ok_or(Odd::Invalid)
    }

    fn escape(&mut self) -> Read<Escape> {
        let mut class = |class: Class, negated| {
            self.has_classes = true;
            Escape::Class(class, negated)
        };
        Ok(match self.rest.next().ok_or(Odd::Invalid)? {
            'd' => class(is_digit, false),
            'D' => class(is_digit, true),
            'w' => class(is_word, false),
            'W' => class(is_word, true),
            's' => class(is_space, false),
            'S' => class(is_space, true),
            'n' => Escape::Character('\n'),
            'r' => Escape::Character('\r'),
            't' => Escape::Character('\t'),
            'A' => Escape::End(Piece::Start),
            'Z' => Escape::End(Piece::End),
            sign if sign.is_ascii_punctuation() || sign == ' ' => Escape::Character(sign),
            _ => return Err(Odd::Unknown),
        })
    }

    /// `***` begins what is read by other rules.
    fn is_option(&mut self) -> bool {
        self.rest.peek() == Some(&'*')
    }

    /// What stands in brackets, of which the first is read.
    fn set(&mut self) -> Read<Set> {
        let mut set = Set { negated: self.rest.next_if_eq(&'^').is_some(), ..Set::of(Vec::new()) };
        let mut is_first = true;
        loop {
            let from = match self.rest.next().ok_or(Odd::Invalid)? {
                ']' if !is_first => return Ok(set),
                '[' => match self.rest.peek() {
                    Some(':') => {
                        set.classes.push(self.class()?);
                        is_first = false;
                        continue;
                    }
                    Some('.' | '=') => return Err(Odd::Unknown),
                    _ => '[',
                },
                '\\' => match self.escape()? {
                    Escape::Character(character) => character,
                    Escape::Class(class, false) => {
                        set.classes.push(class);
                        is_first = false;
                        continue;
                    }
                    Escape::Class(_, true) | Escape::End(_) => return Err(Odd::Unknown),
                },
                // Elsewhere it means a range, or nothing.
                '-' if !is_first && self.rest.peek() != Some(&']') => return Err(Odd::Unknown),
                character => character,
            };
            is_first = false;
            let to = match self.rest.next_if_eq(&'-') {
                None => from,
                Some(_) => match self.rest.next().ok_or(Odd::Invalid)? {
                    ']' => {
                        set.ranges.extend([(from, from), ('-', '-')]);
                        return Ok(set);
                    }
                    '\\' => match self.escape()? {
                        Escape::Character(character) => character,
                        Escape::Class(..) | Escape::End(_) => return Err(Odd::Unknown),
                    },
                    '[' | '-' => return Err(Odd::Unknown),
                    to => to,
                },
            };
            if from > to {
                return Err(Odd::Invalid);
            }
            set.ranges.push((from, to));
        }
    }

    /// `[:alpha:]` and the like, behind the bracket.
    fn class(&mut self) -> Read<Class> {
        self.has_classes = true;
        self.rest.next_if_eq(&':').ok_or(Odd::Unknown)?;
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(char::is_ascii_lowercase) {
            name.push(letter);
        }
        if self.rest.next_if_eq(&':').is_none() || self.rest.next_if_eq(&']').is_none() {
            return Err(Odd::Unknown);
        }
        Ok(match &*name {
            "alnum" => |it| it.is_ascii_alphanumeric(),
            "alpha" => |it| it.is_ascii_alphabetic(),
            "blank" => |it| matches!(it, ' ' | '\t'),
            "digit" => is_digit,
            "lower" => |it| it.is_ascii_lowercase(),
            "space" => is_space,
            "upper" => |it| it.is_ascii_uppercase(),
            "xdigit" => |it| it.is_ascii_hexdigit(),
            _ => return Err(Odd::Unknown),
        })
    }
}

/// What stands behind a backslash.
enum Escape {
    Character(char),
    /// A class, or what is not in it.
    Class(Class, bool),
    End(Piece),
}

fn is_digit(it: char) -> bool {
    it.is_ascii_digit()
}

fn is_word(it: char) -> bool {
    it.is_ascii_alphanumeric() || it == '_'
}

fn is_space(it: char) -> bool {
    matches!(it, ' ' | '\t'..='\r')
}

struct Matcher<'a> {
    text: &'a [char],
    any_case: bool,
    /// So many are left.
    steps: Cell<usize>,
}

impl Matcher<'_> {
    /// Returns where what matches a piece may end, if it begins at one of `starts`; none where that takes too long.
    fn ends(&self, piece: &Piece, starts: &[bool]) -> Option<Vec<bool>> {
        self.steps.set(self.steps.get().checked_sub(starts.len())?);
        Some(match piece {
            Piece::One(set) => {
                let behind = starts.iter().zip(self.text).map(|(is, it)| *is && set.has(*it, self.any_case));
                std::iter::once(false).chain(behind).collect()
            }
            Piece::Start => starts.iter().enumerate().map(|(at, is)| *is && at == 0).collect(),
            Piece::End => starts.iter().enumerate().map(|(at, is)| *is && at == self.text.len()).collect(),
            Piece::InOrder(pieces) => {
                let mut reached = starts.to_vec();
                for piece in pieces {
                    reached = self.ends(piece, &reached)?;
                }
                reached
            }
            Piece::Either(pieces) => {
                let mut reached = vec![false; starts.len()];
                for piece in pieces {
                    join(&mut reached, &self.ends(piece, starts)?);
                }
                reached
            }
            Piece::Times { piece, least, most } => {
                let mut last = starts.to_vec();
                for _ in 0..*least {
                    last = self.ends(piece, &last)?;
                }
                let mut reached = last.clone();
                for _ in *least..most.unwrap_or(u32::MAX) {
                    last = self.ends(piece, &last)?;
                    // Where nothing new is reached, nothing ever is.
                    if !join(&mut reached, &last) {
                        break;
                    }
                }
                reached
            }
        })
    }
}

/// Adds what is in `more`; returns whether that is something new.
fn join(all: &mut [bool], more: &[bool]) -> bool {
    let mut is_new = false;
    for (one, more) in all.iter_mut().zip(more) {
        is_new |= *more && !*one;
        *one |= *more;
    }
    is_new
}
