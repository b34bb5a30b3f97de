//! Programs that must compile. trybuild would have to build every dependency a second time for them.

#[allow(dead_code, missing_debug_implementations, unreachable_pub, reason = "that it compiles is the test")]
#[path = "../pass/own_fields.rs"]
mod own_fields;
#[allow(dead_code, missing_debug_implementations, unreachable_pub, reason = "that it compiles is the test")]
#[path = "../pass/readme.rs"]
mod readme;
