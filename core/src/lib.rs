//! Limbeck.
