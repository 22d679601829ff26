//! What a revision identifier may look like.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A revision identifier that obeys the grammar: 1 to 255 characters, none of `@ - + :`, no white space, no comma.
///
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Arc<str>);

/// Why a text is no revision identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevisionIdError {
    /// Nothing is there.
    #[error("a revision id is empty")]
    Empty,
    /// More than [`RevisionId::MAX_CHARS`] characters.
    #[error("revision id of {0} characters; 255 is the most")]
    TooLong(usize),
    /// A character that identifiers, lists or ranges use for something else.
    #[error("revision id '{id}' contains {character:?}, which ids cannot contain")]
    IllegalCharacter {
        /// The text.
        id: String,
        /// The first character that is not allowed.
        character: char,
    },
}

impl RevisionId {
    /// Longest identifier, in characters: the width of `version_num` in a version table that Limbeck makes.
    pub const MAX_CHARS: usize = 255;

    /// Returns the identifier, or why the text is none.
    pub fn new(text: &str) -> Result<Self, RevisionIdError> {
        if text.is_empty() {
            return Err(RevisionIdError::Empty);
        }
        // No text has more characters than bytes.
        let length = if text.len() > Self::MAX_CHARS { text.chars().count() } else { text.len() };
        if length > Self::MAX_CHARS {
            return Err(RevisionIdError::TooLong(length));
        }
        // What nearly every identifier is made of, and legal.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if text.bytes().all(plain) {
            return Ok(Self(text.into()));
        }
        let illegal = |c: char| matches!(c, '@' | '-' | '+' | ':' | ',') || c.is_whitespace() || c.is_control();
        match text.chars().find(|&c| illegal(c)) {
            Some(character) => Err(RevisionIdError::IllegalCharacter { id: text.to_owned(), character }),
            None => Ok(Self(text.into())),
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for RevisionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RevisionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = RevisionId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a revision id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RevisionId, E> {
                RevisionId::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}
