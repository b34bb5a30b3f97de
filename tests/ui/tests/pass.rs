//! What must compile. It is no business of trybuild, which would have to build every dependency a second time, and not only
//! check it.

#[allow(dead_code, missing_debug_implementations, unreachable_pub, reason = "that it compiles is the test")]
#[path = "../pass/own_fields.rs"]
mod own_fields;
#[allow(dead_code, missing_debug_implementations, unreachable_pub, reason = "that it compiles is the test")]
#[path = "../pass/readme.rs"]
mod readme;
