//! Text whose parts have a meaning, so that a terminal can color it and a test can read it.

use std::fmt;

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Nothing special.
    Plain,
    /// What matters most in its line.
    Strong,
    /// What may be passed over.
    Dim,
    /// A revision id.
    Revision,
    /// Speaks for it: a safe verdict.
    Good,
    /// A warning, or the verdict caution.
    Warning,
    /// An error, or the verdict blocked.
    Error,
    /// What to do next.
    Help,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub style: Style,
    /// The part; lines end with `\n`.
    pub text: String,
}

/// A text of styled parts. Displayed, it is plain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    spans: Vec<Span>,
}

impl Text {
    /// Returns the parts, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Returns the whole text with each part as `paint` gives it.
    pub fn painted(&self, mut paint: impl FnMut(Style, &str) -> String) -> String {
        self.spans.iter().map(|span| paint(span.style, &span.text)).collect()
    }

    pub(super) fn push(&mut self, style: Style, text: impl Into<String>) {
        let text = text.into();
        match self.spans.last_mut() {
            Some(last) if last.style == style => last.text.push_str(&text),
            _ => self.spans.push(Span { style, text }),
        }
    }

    pub(super) fn plain(&mut self, text: impl Into<String>) {
        self.push(Style::Plain, text);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| f.write_str(&span.text))
    }
}
