//! The contract of DESIGN's section "On the wire", row by row.

mod login;
