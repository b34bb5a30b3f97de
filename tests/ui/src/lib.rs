//! Nothing: the cases stand in `fail` and `pass`, and `tests/ui.rs` runs them.
