//! The versions of Postgres that are known here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A major version of Postgres. A later one is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum PostgresVersion {
    /// 12
    #[serde(rename = "12")]
    V12,
    /// 13
    #[serde(rename = "13")]
    V13,
    /// 14
    #[serde(rename = "14")]
    V14,
    /// 15
    #[serde(rename = "15")]
    V15,
    /// 16
    #[serde(rename = "16")]
    V16,
    /// 17: that of the embedded Postgres, and what is taken where nobody says which it is.
    #[default]
    #[serde(rename = "17")]
    V17,
    /// 18
    #[serde(rename = "18")]
    V18,
}

/// A text that names no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the versions of Postgres that are known are 12 to 18, not {0:?}")]
pub struct NoVersion(String);

impl PostgresVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 7] = [Self::V12, Self::V13, Self::V14, Self::V15, Self::V16, Self::V17, Self::V18];

    /// Returns the version of a server by the text of its `server_version`, `15.18 (Debian 15.18-0+deb12u1)`; the
    /// nearest one where it is older or newer than all that are known. None where the text begins with no number.
    pub fn of_server(server_version: &str) -> Option<Self> {
        let digits = server_version.split(|c: char| !c.is_ascii_digit()).next()?;
        let major = digits.parse::<u32>().ok()?.clamp(Self::V12.major(), Self::V18.major());
        Self::of_major(major)
    }

    /// Returns its number, 12 to 18.
    pub const fn major(self) -> u32 {
        12 + self as u32
    }

    fn of_major(major: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.major() == major)
    }
}

impl fmt::Display for PostgresVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major())
    }
}

impl FromStr for PostgresVersion {
    type Err = NoVersion;

    /// Reads `15`; behind a point there may be the number of a minor version, which changes nothing here.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let known = major.parse().ok().filter(|_| is_number(major) && is_number(minor)).and_then(Self::of_major);
        known.ok_or_else(|| NoVersion(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::PostgresVersion;

    #[test]
    fn a_version_is_read_as_it_is_written() {
        for version in PostgresVersion::ALL {
            assert_eq!(version.to_string().parse(), Ok(version));
        }
        assert_eq!("17.10".parse(), Ok(PostgresVersion::V17));
        for wrong in ["", "11", "19", "17.", "+17", "017.1x", "seventeen"] {
            assert!(wrong.parse::<PostgresVersion>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_server_that_is_not_known_is_taken_for_the_nearest() {
        let of = PostgresVersion::of_server;
        assert_eq!(of("15.18 (Debian 15.18-0+deb12u1)"), Some(PostgresVersion::V15));
        assert_eq!(of("9.6.24"), Some(PostgresVersion::V12));
        assert_eq!(of("19beta1"), Some(PostgresVersion::V18));
        assert_eq!(of("devel"), None);
    }
}
