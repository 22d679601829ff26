//! The command line of xtask: words, flags, options with a value, and what stands behind `--`.

use std::ffi::OsString;

use crate::failure::Failure;

/// What is left of the command line.
pub(crate) struct Arguments {
    words: Vec<String>,
    behind: Vec<OsString>,
}

impl Arguments {
    /// Returns the arguments without the program's name.
    pub(crate) fn new(all: impl Iterator<Item = OsString>) -> Self {
        let mut all = all.peekable();
        let mut words = Vec::new();
        while let Some(word) = all.next_if(|word| word != "--") {
            words.push(word.to_string_lossy().into_owned());
        }
        Self { words, behind: all.skip(1).collect() }
    }

    /// Takes the next word, if there is one and it is no option.
    pub(crate) fn next_word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'));
        at.map(|at| self.words.remove(at))
    }

    /// Takes the flag `name` and returns whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes `name VALUE` or `name=VALUE`.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let assigned = format!("{name}=");
        let Some(at) = self.words.iter().position(|word| word == name || word.starts_with(&assigned)) else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some(value) = word.strip_prefix(&assigned) {
            return Ok(Some(value.to_owned()));
        }
        if at < self.words.len() {
            return Ok(Some(self.words.remove(at)));
        }
        Err(Failure::usage(format!("{name} needs a value")))
    }

    /// Takes a number given as `name N`.
    pub(crate) fn number<N: std::str::FromStr>(&mut self, name: &str) -> Result<Option<N>, Failure> {
        let Some(text) = self.option(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Failure::usage(format!("{name} needs a number, not {text:?}")))
    }

    /// Takes what stands behind `--`.
    pub(crate) fn behind(&mut self) -> Vec<OsString> {
        std::mem::take(&mut self.behind)
    }

    /// Fails if anything is left that no one took.
    pub(crate) fn done(self) -> Result<(), Failure> {
        match self.words.first() {
            Some(word) => Err(Failure::usage(format!("unexpected argument {word:?}"))),
            None if !self.behind.is_empty() => Err(Failure::usage("this command takes nothing behind `--`")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn options_stand_before_and_behind_words() {
        let mut line = arguments("--port 5 run --open -- --readonly x");
        assert_eq!(line.number::<u16>("--port").ok(), Some(Some(5)));
        assert_eq!(line.next_word().as_deref(), Some("run"));
        assert!(line.flag("--open"));
        assert_eq!(line.behind(), ["--readonly", "x"]);
        assert!(line.done().is_ok());
    }

    #[test]
    fn what_no_one_took_is_an_error() {
        assert!(arguments("--wrong").done().is_err());
        assert!(arguments("-- x").done().is_err());
        assert!(arguments("--port").number::<u16>("--port").is_err());
        assert!(arguments("--port=x").number::<u16>("--port").is_err());
    }
}
